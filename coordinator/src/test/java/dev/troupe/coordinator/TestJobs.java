package dev.troupe.coordinator;

import dev.troupe.proto.spec.CheckpointSpec;
import dev.troupe.proto.spec.DataOrder;
import dev.troupe.proto.spec.DataSpec;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.proto.spec.ParallelSpec;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.Recompute;
import dev.troupe.proto.spec.Reduction;
import dev.troupe.proto.spec.Schedule;
import dev.troupe.proto.spec.TrainSpec;
import java.time.Duration;

/** Jobs that differ in what the control plane reads. */
public final class TestJobs {
  private TestJobs() {}

  /** A job on CPU devices. */
  public static JobSpec job(int tp, int dp, int steps, int checkpointEvery, int validateEvery) {
    return new JobSpec(
        "test",
        "runs/test",
        "cpu",
        Precision.FP32,
        1,
        1,
        new ModelSpec("test", 8, 1, 2, 2, 16, 32, 16, 1e-5, 1e4, false),
        new ParallelSpec(tp, dp, false, dp, Reduction.EXACT),
        new TrainSpec(
            steps, dp, 1, 8, 1e-3, 1e-4, 0, 0.1, 0.1, 1, 0.9, 0.95, 1e-8, 0.02, Schedule.CONSTANT,
            Recompute.NONE),
        new DataSpec(
            "bios",
            null,
            "cache",
            "bytes",
            DataOrder.SHUFFLED,
            new DataSpec.Bios(10, 1),
            new DataSpec.Validation(null, 0.1, validateEvery, 1)),
        new CheckpointSpec(checkpointEvery, 2, "runs/test/checkpoints", null));
  }

  /** Time-outs that differ, so that a test can tell them apart. */
  public static Timeouts timeouts() {
    return new Timeouts(
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(3),
        Duration.ofSeconds(40),
        Duration.ofSeconds(5));
  }

  /** A run from initial weights over {@code nodes} nodes. */
  public static RunSettings settings(JobSpec job, int nodes) {
    return new RunSettings(job, "job text", null, 0, nodes, timeouts());
  }
}
