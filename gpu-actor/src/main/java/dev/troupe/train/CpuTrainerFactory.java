package dev.troupe.train;

import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.device.cpu.CpuMemory;
import dev.troupe.kernels.cpu.CpuKernels;
import dev.troupe.trace.HostClock;
import dev.troupe.trace.Tracer;

/**
 * Trainers on the CPU device.
 *
 * @param data sequences to train on and to validate with, shared by all ranks of the process
 * @param storage what checkpoints are written through
 * @param memory where the devices' buffers lie; shared memory where ranks are processes of one host
 */
public record CpuTrainerFactory(TrainingData data, Storage storage, CpuMemory memory)
    implements TrainerFactory {

  /** Trainers with private memory, for ranks that are threads of one process. */
  public CpuTrainerFactory(TrainingData data, Storage storage) {
    this(data, storage, CpuMemory.PRIVATE);
  }

  @Override
  public Trainer create(Assignment assignment, Communicators communicators) {
    int threads =
        Math.max(1, Runtime.getRuntime().availableProcessors() / assignment.ranksOnHost());
    CpuDevice device = new CpuDevice("cpu:" + assignment.rank(), threads, memory);
    MemoryPlan plan = MemoryPlan.of(assignment);
    try {
      plan.checkFits(1, device.freeBytes());
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
    RankParts parts = new RankParts(assignment, backend(assignment, device, communicators, plan));
    try {
      return new RankTrainer(
          parts, storage, data, new FirstState(parts, assignment, communicators, storage).set());
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
  }

  /** What a rank on a CPU device computes with. */
  static RankBackend backend(
      Assignment assignment, CpuDevice device, Communicators communicators, MemoryPlan plan) {
    return new RankBackend(
        device,
        new CpuKernels(device),
        communicators,
        assignment.tracer(new HostClock(), device.newStream(), Tracer.Ranges.NONE),
        plan,
        plan::total,
        RankBackend.NO_CONNECTIONS);
  }
}
