package dev.troupe.train;

import dev.troupe.checkpoint.FileStorage;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.comm.nccl.GpuCommunicators;
import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.collectives.device.cuda.Gpus;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.proto.spec.JobSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Trainers of a whole mesh on emulated GPUs, a thread a rank, as a process with its GPUs has them.
 */
final class GpuTrainers {
  private final Gpus gpus;
  private final GpuCommunicators communicators = new GpuCommunicators(new LocalCommunicators());

  GpuTrainers(EmulatedGpu emulated) {
    CudaLibraries libraries = CudaLibraries.find(Optional.of(emulated.folder()));
    gpus = new Gpus(libraries, CudaDriver.start(libraries), 0, false);
  }

  /** Work of one rank. */
  @FunctionalInterface
  interface Work<T> {
    T run(Trainer trainer) throws Exception;
  }

  /** Ends an epoch, as if its coordinator had. */
  void abort(long epoch) {
    communicators.abort(epoch, "the coordinator is gone");
  }

  /** Name of the thread of a rank. */
  static String threadName(int rank) {
    return "gpu-rank-" + rank;
  }

  /** Results in rank order; where a rank fails, the epoch is aborted and its failure thrown. */
  <T> List<T> run(JobSpec job, TrainingData data, long epoch, Work<T> work) throws Exception {
    DeviceMesh mesh = new DeviceMesh(job.parallel().tp(), job.parallel().dp());
    List<Assignment> assignments = new ArrayList<>();
    for (int rank = 0; rank < mesh.size(); rank++) {
      assignments.add(
          new Assignment(
              job,
              epoch,
              mesh,
              rank,
              mesh.size(),
              rank,
              new Start.Initial(),
              Collections.nCopies(mesh.size(), new RankHome("n", "p")),
              new StateVault()));
    }
    return run(assignments, data, work);
  }

  /** As above, for the ranks of one mesh. */
  <T> List<T> run(List<Assignment> assignments, TrainingData data, Work<T> work) throws Exception {
    long epoch = assignments.getFirst().epoch();
    DeviceMesh mesh = assignments.getFirst().mesh();
    communicators.place(epoch, Placement.ofOneProcess(mesh));
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().name("gpu-rank-", 0).factory())) {
      List<Future<T>> futures = new ArrayList<>();
      for (Assignment assignment : assignments) {
        futures.add(threads.submit(() -> one(assignment, data, work)));
      }
      return results(futures);
    }
  }

  private <T> T one(Assignment assignment, TrainingData data, Work<T> work) throws Exception {
    CudaTrainerFactory factory =
        new CudaTrainerFactory(
            data,
            new FileStorage(),
            gpus,
            communicators,
            why -> {
              throw new AssertionError(why);
            });
    try (Trainer trainer = factory.create(assignment, communicators)) {
      return work.run(trainer);
    } catch (Exception e) {
      communicators.abort(assignment.epoch(), "rank " + assignment.rank() + " failed: " + e);
      throw e;
    }
  }

  /** The failure that came first stands for those that it caused. */
  private static <T> List<T> results(List<Future<T>> futures) throws Exception {
    List<T> results = new ArrayList<>();
    Exception first = null;
    for (Future<T> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        if (first == null && e.getCause() instanceof Exception cause) {
          first = cause;
        }
      }
    }
    if (first != null) {
      throw first;
    }
    return results;
  }
}
