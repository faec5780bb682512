package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Makes a checkpoint from a model of others. */
@FunctionalInterface
public interface ImportJob {
  /** Writes the checkpoint, whole or not at all, and says what it has made. */
  void run(Request request, PrintWriter out);

  /**
   * What to import.
   *
   * @param from the model's folder
   * @param out folder of checkpoints to make
   * @param tokenizer the model's tokenizer, as in {@code data.tokenizer}; null: the one in {@code
   *     from}, or bytes where it has none
   */
  record Request(Path from, Path out, @Nullable String tokenizer) {}
}
