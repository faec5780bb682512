package dev.troupe.deploy.backend;

import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.cpu.CpuMemory;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.train.CpuTrainerFactory;
import dev.troupe.train.TrainerFactory;
import dev.troupe.train.TrainingData;
import java.util.List;

/**
 * The cores of this machine.
 *
 * @param communicators among the ranks
 * @param memory where the devices' buffers lie
 */
public record CpuBackend(Communicators communicators, CpuMemory memory) implements Backend {
  @Override
  public List<WorkerFrame.Gpu> gpus() {
    return List.of();
  }

  @Override
  public TrainerFactory trainers(TrainingData data, Storage storage) {
    return new CpuTrainerFactory(data, storage, memory);
  }
}
