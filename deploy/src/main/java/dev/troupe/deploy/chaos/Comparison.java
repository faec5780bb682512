package dev.troupe.deploy.chaos;

import dev.troupe.checkpoint.CheckpointFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A disturbed run beside the undisturbed one.
 *
 * @param steps steps of the disturbed run
 * @param missing lines of its metrics that went with a coordinator
 * @param differing steps with another loss, or with two
 * @param state its last state
 * @param reference that of the undisturbed run
 */
record Comparison(
    long steps, List<Long> missing, List<Long> differing, StateHash state, StateHash reference) {

  /**
   * Of two folders.
   *
   * @param checkpoints checkpoints of the disturbed run
   */
  static Comparison of(Path run, Path checkpoints, Path reference, Path referenceCheckpoints) {
    LossLines losses = LossLines.of(run.resolve("metrics.jsonl"));
    LossLines expected = LossLines.of(reference.resolve("metrics.jsonl"));
    List<Long> differing = new ArrayList<>(losses.differing(expected));
    differing.addAll(losses.twice());
    return new Comparison(
        losses.last(),
        losses.missing(losses.last()),
        differing,
        StateHash.of(CheckpointFolder.resolve(checkpoints, warning -> {})),
        StateHash.of(CheckpointFolder.resolve(referenceCheckpoints, warning -> {})));
  }

  /** Whether the losses have the same bits. */
  boolean sameLosses() {
    return differing.isEmpty();
  }

  /** Whether the parameters and the optimizer's state have the same bits. */
  boolean sameState() {
    return state.equals(reference);
  }
}
