package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Packs the program. */
@FunctionalInterface
public interface DistJob {
  /**
   * Writes the archive, atomically.
   *
   * @param out the file; null: beside the build
   * @param version of the program
   * @param progress where it says what it does
   */
  void run(@Nullable Path out, String version, PrintWriter progress);
}
