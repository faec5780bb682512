package dev.troupe.train;

import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.nccl.GpuCommunicators;
import dev.troupe.collectives.device.cuda.Gpus;
import java.util.function.Consumer;

/**
 * Trainers on GPUs.
 *
 * @param data sequences to train on and to validate with, shared by all ranks of the process
 * @param storage what checkpoints are written through
 * @param gpus the node's GPUs
 * @param communicators the process's, which abort those of a rank's GPU, too
 * @param onHungAbort told that an abort on a GPU did not come to its end: the process is to end
 */
public record CudaTrainerFactory(
    TrainingData data,
    Storage storage,
    Gpus gpus,
    GpuCommunicators communicators,
    Consumer<String> onHungAbort)
    implements TrainerFactory {

  @Override
  public Trainer create(Assignment assignment, Communicators host) {
    RankBackend backend = GpuRank.open(assignment, gpus, communicators, onHungAbort);
    RankParts parts = new RankParts(assignment, backend);
    try {
      return new RankTrainer(
          parts, storage, data, new FirstState(parts, assignment, host, storage).set());
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }
}
