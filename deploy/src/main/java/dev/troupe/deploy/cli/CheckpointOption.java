package dev.troupe.deploy.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which checkpoint a verb reads. */
public final class CheckpointOption {
  private static final Path RUNS = Path.of("runs");

  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = {
        "A checkpoint, or a folder of them, which stands for its latest.",
        "Default: the run below runs/ that saved last."
      })
  private @Nullable Path checkpoint;

  Path path() {
    return checkpoint == null ? LatestRun.checkpoints(RUNS) : checkpoint;
  }
}
