package dev.troupe.deploy.cli;

import dev.troupe.proto.spec.Precision;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Writes a checkpoint as a model for others. */
@FunctionalInterface
public interface ExportJob {
  /** Writes the model's folder, whole or not at all, and says what it has made. */
  void run(Request request, PrintWriter out);

  /**
   * What to export.
   *
   * @param checkpoint a checkpoint, or a folder of them
   * @param out the model's folder
   * @param shardBytes largest size of a file
   * @param dtype type of the weights
   */
  record Request(Path checkpoint, Path out, long shardBytes, Precision dtype) {}
}
