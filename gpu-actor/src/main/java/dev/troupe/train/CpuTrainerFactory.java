package dev.troupe.train;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.data.DataSet;
import dev.troupe.data.order.Batches;
import dev.troupe.kernels.cpu.CpuKernels;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Trainers on the CPU device.
 *
 * @param data the opened data, shared by all ranks of the process
 * @param storage what checkpoints are written through
 */
public record CpuTrainerFactory(DataSet data, Storage storage) implements TrainerFactory {

  @Override
  public Trainer create(Assignment assignment, Communicators communicators) {
    JobSpec job = assignment.job();
    DeviceMesh mesh = assignment.mesh();
    int threads =
        Math.max(1, Runtime.getRuntime().availableProcessors() / assignment.ranksOnHost());
    CpuDevice device = new CpuDevice("cpu:" + assignment.rank(), threads);
    MemoryPlan.of(job, mesh.tp(), mesh.dp(), mesh.coordinate(assignment.rank()).tp())
        .checkFits(1, device.freeBytes());
    RankParts parts =
        new RankParts(assignment, device, new CpuKernels(device), communicators);
    try {
      RankState state = new RankState(device, parts.adam());
      long step = start(state, assignment.resumeFrom(), job.seed());
      Batches training =
          Batches.training(
              data.train(),
              job.train().seqLength(),
              job.train().globalBatch(),
              job.data().order(),
              job.seed());
      return new RankTrainer(parts, storage, training::fill, validation(job), step);
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  private static long start(RankState state, @Nullable Path checkpoint, long seed) {
    if (checkpoint == null) {
      state.initialise(seed);
      return 0;
    }
    try (CheckpointReader reader = CheckpointReader.open(checkpoint)) {
      state.load(reader);
      return reader.info().step();
    }
  }

  private RankTrainer.@Nullable Validation validation(JobSpec job) {
    Optional<Batches> held =
        data.validation()
            .map(
                stream ->
                    Batches.validation(
                        stream, job.train().seqLength(), job.data().validation().samples()));
    if (held.isEmpty() || job.data().validation().every() == 0) {
      return null;
    }
    Batches batches = held.get();
    return new RankTrainer.Validation(batches::fill, batches.globalBatch());
  }
}
