package dev.troupe.collectives.comm.local;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.mesh.DeviceMesh;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the same body on one thread a rank, each with its end of a common communicator. */
final class Ranks {
  private Ranks() {}

  /** What a rank does. */
  interface Body<T> {
    T run(Communicator communicator) throws Exception;
  }

  /** A result a rank, in rank order. A failure of one rank aborts the others and is thrown. */
  static <T> List<T> run(int size, Body<T> body) {
    LocalCommunicators communicators = new LocalCommunicators();
    try (ExecutorService threads = Executors.newFixedThreadPool(size)) {
      List<Future<T>> futures = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        Communicator communicator = communicators.open(1, new DeviceMesh(size, 1).world(), rank);
        futures.add(threads.submit(() -> runRank(communicator, body)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T runRank(Communicator communicator, Body<T> body) throws Exception {
    try (communicator) {
      return body.run(communicator);
    } catch (Exception | Error e) {
      communicator.abort("rank " + communicator.rank() + " failed: " + e);
      throw e;
    }
  }
}
