package dev.troupe.deploy.cli;

import dev.troupe.eval.BlendLoss;
import dev.troupe.eval.TaskScore;
import dev.troupe.eval.TextLoss;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code troupe eval} found.
 *
 * @param checkpoint the checkpoint's folder
 * @param step completed steps of its training
 * @param context tokens that the model saw at once
 * @param stride tokens that a window of a text scored
 * @param files one result a file, in their order
 * @param blend of the blend, where one was asked for
 * @param tasks one result a task, in their order
 */
public record EvalResult(
    Path checkpoint,
    long step,
    int context,
    int stride,
    List<TextLoss> files,
    Optional<Blend> blend,
    List<Task> tasks) {
  /** Keeps copies. */
  public EvalResult {
    files = List.copyOf(files);
    tasks = List.copyOf(tasks);
  }

  /**
   * A blend's result.
   *
   * @param name its file, or what else it is
   * @param heldOut whether the sources' held-out parts alone were read
   */
  public record Blend(String name, boolean heldOut, BlendLoss loss) {}

  /** A task's result. */
  public record Task(Path file, TaskScore score) {}

  /** All files as one text; there is at least one. */
  TextLoss all() {
    return TextLoss.sum("all", files);
  }
}
