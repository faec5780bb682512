package dev.troupe.collectives.comm.local;

import dev.troupe.collectives.comm.AllReduceTiming;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Times float32 sum all-reduces between threads of this process. */
public final class LocalAllReduceTiming {
  private LocalAllReduceTiming() {}

  /**
   * Runs the ranks as threads and times their all-reduces.
   *
   * @param ranks number of threads, 1 or more
   * @param bytes size of one rank's data, a multiple of 4
   * @param iterations timed all-reduces, 1 or more
   * @return median time of rank 0 in seconds, from the call to the result
   */
  public static double measure(int ranks, long bytes, int iterations) {
    DeviceMesh mesh = new DeviceMesh(ranks, 1);
    LocalCommunicators communicators = new LocalCommunicators();
    try (ExecutorService threads = Executors.newFixedThreadPool(ranks)) {
      List<Future<Double>> results = new ArrayList<>();
      for (int rank = 0; rank < ranks; rank++) {
        Communicator communicator = communicators.open(0, mesh.world(), rank);
        results.add(threads.submit(() -> timeRank(communicator, bytes, iterations)));
      }
      return results.getFirst().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IllegalArgumentException mistake) {
        throw mistake;
      }
      throw new IllegalStateException("all-reduce failed", e.getCause());
    } catch (InterruptedException e) {
      communicators.abort(0, "interrupted");
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }

  private static double timeRank(Communicator communicator, long bytes, int iterations) {
    try (communicator;
        CpuDevice device = new CpuDevice("cpu:" + communicator.rank(), 1)) {
      return AllReduceTiming.median(communicator, device, bytes, iterations);
    }
  }
}
