package dev.troupe.deploy.worker;

import dev.troupe.checkpoint.FileStorage;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.cpu.CpuMemory;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.Assignment;
import dev.troupe.train.CpuTrainerFactory;
import dev.troupe.train.Start;
import dev.troupe.train.Trainer;
import dev.troupe.train.TrainingData;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Steps of a small model on the CPU, in a process that follows one that ended. A JVM that has just
 * begun loads and compiles the code of a step when it first runs: in a mesh, all ranks would wait
 * for that. Here nobody waits, for the mesh goes on without this process until it offers its
 * devices.
 */
final class WarmUp {
  private static final long NANOS = 1_500_000_000;
  private static final int MOST_STEPS = 60;
  private static final List<String> JOB =
      List.of(
          "run.name=warm-up",
          "model.hidden=64",
          "model.layers=1",
          "model.heads=4",
          "model.kv-heads=2",
          "model.ffn=128",
          "model.max-seq=64",
          "train.seq-length=64",
          "train.global-batch=2",
          "train.micro-batch=1",
          "train.steps=" + MOST_STEPS,
          "parallel.tp=1",
          "parallel.dp=1",
          "parallel.virtual-shards=2",
          "checkpoint.every=0",
          "data.validation.every=0");

  private WarmUp() {}

  /** Returns once it is warm, or has tried for long enough. */
  static void run() {
    JobSpec job = JobConfig.load(null, JOB);
    TrainingData data = new TrainingData(WarmUp::fill, Optional.empty());
    CpuTrainerFactory factory = new CpuTrainerFactory(data, new FileStorage(), CpuMemory.PRIVATE);
    long end = System.nanoTime() + NANOS;
    try (Trainer trainer =
        factory.create(
            Assignment.alone(job, new DeviceMesh(1, 1), 0, new Start.Initial()),
            new LocalCommunicators())) {
      for (int step = 0; step < MOST_STEPS && System.nanoTime() < end; step++) {
        trainer.prepare();
        trainer.commit();
      }
    }
  }

  private static void fill(long step, int first, int sequences, int[] inputs, int[] targets) {
    Arrays.setAll(inputs, i -> (i * 31 + first) & 0xff);
    Arrays.setAll(targets, i -> (i * 37 + first) & 0xff);
  }
}
