package dev.troupe.actor;

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

/** A job of which nothing but its presence is asked. */
final class TestJobs {
  private TestJobs() {}

  static JobSpec job() {
    return new JobSpec(
        "test",
        "runs/test",
        "cpu",
        Precision.FP32,
        1,
        1,
        new ModelSpec("test", 8, 1, 2, 2, 16, 32, 16, 1e-5, 1e4, false),
        new ParallelSpec(2, 2, false, 2, Reduction.EXACT),
        new TrainSpec(
            1, 2, 1, 8, 1e-3, 1e-4, 0, 0.1, 0.1, 1, 0.9, 0.95, 1e-8, 0.02, Schedule.CONSTANT,
            Recompute.NONE),
        new DataSpec(
            "bios",
            null,
            "cache",
            "bytes",
            DataOrder.SHUFFLED,
            new DataSpec.Bios(10, 1),
            new DataSpec.Validation(null, 0.1, 0, 1)),
        new CheckpointSpec(0, 2, "runs/test/checkpoints", null));
  }
}
