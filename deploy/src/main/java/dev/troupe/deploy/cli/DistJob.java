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
   * @param progress where it says what it does
   */
  void run(Request request, PrintWriter progress);

  /**
   * What to pack.
   *
   * @param out the file; null: beside the build
   * @param gpuCheck whether to pack the GPU check alone
   * @param version of the program
   */
  record Request(@Nullable Path out, boolean gpuCheck, String version) {}
}
