package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Answers requests for texts over HTTP, until it is told to end. */
@FunctionalInterface
public interface ServeJob {
  /** Prints where it serves; returns when it was told to end. */
  void run(Request request, PrintWriter out);

  /**
   * What to serve, and where.
   *
   * @param checkpoint a checkpoint, or a folder of them
   * @param host address to listen on
   * @param port 0 for any free one
   * @param tokenFile file with what callers must know; null: nothing
   * @param tp ranks that the model is cut over
   * @param batch most texts that are generated together
   * @param queue most texts that wait
   */
  record Request(
      Path checkpoint,
      String host,
      int port,
      @Nullable Path tokenFile,
      int tp,
      int batch,
      int queue) {
    static final int MOST_WAITING = 100_000;
    private static final int LAST_PORT = 65_535;

    public Request {
      if (port < 0 || port > LAST_PORT) {
        throw TroupeException.usage(
            "--port %d: give 0 (any free one) to %d".formatted(port, LAST_PORT));
      }
      if (tp < 1) {
        throw TroupeException.usage("--tp %d: give at least 1".formatted(tp));
      }
      if (batch < 1 || batch > GenerateJob.Request.LARGEST_BATCH) {
        throw TroupeException.usage(
            "--batch %d: give 1 to %d".formatted(batch, GenerateJob.Request.LARGEST_BATCH));
      }
      if (queue < 1 || queue > MOST_WAITING) {
        throw TroupeException.usage("--queue %d: give 1 to %d".formatted(queue, MOST_WAITING));
      }
    }
  }
}
