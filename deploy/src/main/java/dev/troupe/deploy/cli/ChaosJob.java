package dev.troupe.deploy.cli;

import java.nio.file.Path;
import java.util.List;

/** Trains a job while faults are injected, and tells what came of it. */
@FunctionalInterface
public interface ChaosJob {
  /**
   * Runs the job to its end.
   *
   * @return 0 where all that must hold held, else 1
   */
  int run(Options options);

  /**
   * What to run.
   *
   * @param plan file with the plan of faults
   * @param job the job: a file and {@code key=value} settings
   * @param launch options for {@code troupe launch}
   */
  record Options(Path plan, List<String> job, List<String> launch) {
    public Options {
      job = List.copyOf(job);
      launch = List.copyOf(launch);
    }
  }
}
