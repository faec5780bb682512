package dev.troupe.train;

import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.Storage;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Runs the same work on every rank of a mesh, a thread each. */
final class Ranks {
  /** Work of one rank. */
  @FunctionalInterface
  interface Work<T> {
    T run(RankParts parts, RankTrainer trainer) throws Exception;
  }

  private Ranks() {}

  /** Results in rank order. Every rank has one lane, so a mesh of any size runs anywhere. */
  static <T> List<T> run(
      JobSpec job, DeviceMesh mesh, TrainingData data, @Nullable Path resume, Work<T> work) {
    Start start = resume == null ? new Start.Initial() : new Start.Checkpoint(resume);
    return run(
        IntStream.range(0, mesh.size())
            .mapToObj(rank -> Assignment.alone(job, mesh, rank, start))
            .toList(),
        new LocalCommunicators(),
        data,
        work);
  }

  /** Results in the order of the assignments, which are those of one mesh. */
  static <T> List<T> run(
      List<Assignment> assignments, Communicators communicators, TrainingData data, Work<T> work) {
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<T>> futures = new ArrayList<>();
      for (Assignment assignment : assignments) {
        futures.add(
            threads.submit(
                () -> {
                  try {
                    return one(assignment, communicators, data, work);
                  } catch (Exception e) {
                    communicators.abort(assignment.epoch(), "a rank failed: " + e);
                    throw e;
                  }
                }));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("a rank failed", e);
    }
  }

  private static <T> T one(
      Assignment assignment, Communicators communicators, TrainingData data, Work<T> work)
      throws Exception {
    Storage storage = new FileStorage();
    CpuDevice device = new CpuDevice("cpu:" + assignment.rank(), 1);
    MemoryPlan plan = MemoryPlan.of(assignment);
    RankParts parts =
        new RankParts(
            assignment, CpuTrainerFactory.backend(assignment, device, communicators, plan));
    long step = new FirstState(parts, assignment, communicators, storage).set();
    try (RankTrainer trainer = new RankTrainer(parts, storage, data, step)) {
      return work.run(parts, trainer);
    }
  }
}
