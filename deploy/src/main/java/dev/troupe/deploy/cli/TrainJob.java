package dev.troupe.deploy.cli;

import dev.troupe.proto.spec.JobSpec;

/** Runs a training job to its end, or until the user stops it. */
@FunctionalInterface
public interface TrainJob {
  /**
   * Trains; returns when everything is saved.
   *
   * @return the process exit code
   * @throws dev.troupe.proto.error.TroupeException where the job cannot be run
   */
  int run(JobSpec job);
}
