package dev.troupe.coordinator;

import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import java.time.Duration;

/** Jobs that differ in what the control plane reads. */
public final class TestJobs {
  private TestJobs() {}

  /** A job on CPU devices. */
  public static JobSpec job(int tp, int dp, int steps, int checkpointEvery, int validateEvery) {
    return job(tp, dp, steps, checkpointEvery, validateEvery, 0);
  }

  /** A job whose model writes two texts after every so many steps. */
  public static JobSpec job(
      int tp, int dp, int steps, int checkpointEvery, int validateEvery, int sampleEvery) {
    return JobConfig.parse(
        """
        run.name = test
        parallel { tp = %d, dp = %d }
        train { steps = %d, global-batch = %d, micro-batch = 1, seq-length = 8, warmup = 0 }
        data.validation {
          every = %d, samples = 1
          sets = [{ name = code, path = code }, { name = web, path = web }]
        }
        samples { every = %d, prompts = [Once, Twice] }
        checkpoint.every = %d
        """
            .formatted(tp, dp, steps, dp, validateEvery, sampleEvery, checkpointEvery));
  }

  /** Time-outs that differ, so that a test can tell them apart. */
  public static Timeouts timeouts() {
    return new Timeouts(
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(3),
        Duration.ofSeconds(40),
        Duration.ofSeconds(5),
        Duration.ofSeconds(6),
        Duration.ofSeconds(7));
  }

  /** A run from initial weights over {@code nodes} nodes. */
  public static RunSettings settings(JobSpec job, int nodes) {
    return new RunSettings(job, "job text", null, 0, nodes, timeouts());
  }
}
