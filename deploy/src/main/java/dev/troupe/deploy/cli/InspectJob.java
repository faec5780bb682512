package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What {@code troupe data inspect} runs. */
@FunctionalInterface
public interface InspectJob {
  /**
   * Shows a token file.
   *
   * @throws dev.troupe.proto.error.TroupeException naming the file and the remedy
   */
  void run(Request request, PrintWriter out);

  /**
   * What to show.
   *
   * @param prefix of the token file
   * @param samples how many documents to show, evenly spread
   * @param tokenizer to decode them with; null: the one that the file was made with
   * @param json whether to print JSON
   */
  record Request(Path prefix, int samples, @Nullable String tokenizer, boolean json) {}
}
