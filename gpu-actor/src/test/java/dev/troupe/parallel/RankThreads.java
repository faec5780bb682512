package dev.troupe.parallel;

import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Ranks as threads that meet in collectives of epoch 1. */
public final class RankThreads {
  private RankThreads() {}

  /** Work of one rank. */
  @FunctionalInterface
  public interface Work<T> {
    /** Runs on the rank's own thread. */
    T run(int rank, Communicators communicators) throws Exception;
  }

  /** Results in rank order; a rank that fails ends the others. */
  public static <T> List<T> run(int size, Work<T> work) {
    Communicators communicators = new LocalCommunicators();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        int rank = i;
        futures.add(threads.submit(() -> guarded(rank, communicators, work)));
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

  private static <T> T guarded(int rank, Communicators communicators, Work<T> work)
      throws Exception {
    try {
      return work.run(rank, communicators);
    } catch (Exception | AssertionError e) {
      communicators.abort(1, "rank " + rank + " failed: " + e);
      throw e;
    }
  }
}
