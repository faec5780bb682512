package dev.troupe.deploy.local;

import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;

/** Jobs that differ in what the control plane reads. */
final class TestJobs {
  private TestJobs() {}

  static JobSpec job(int tp, int dp, int steps, int checkpointEvery, int validateEvery) {
    return job(tp, dp, steps, checkpointEvery, validateEvery, 0);
  }

  /** A job whose model writes two texts after every so many steps. */
  static JobSpec job(
      int tp, int dp, int steps, int checkpointEvery, int validateEvery, int sampleEvery) {
    return JobConfig.parse(
        """
        run.name = test
        parallel { tp = %d, dp = %d }
        train { steps = %d, global-batch = %d, micro-batch = 1, seq-length = 8, warmup = 0 }
        data.validation { every = %d, samples = 1 }
        samples { every = %d, prompts = [Once, Twice] }
        checkpoint.every = %d
        """
            .formatted(tp, dp, steps, dp, validateEvery, sampleEvery, checkpointEvery));
  }
}
