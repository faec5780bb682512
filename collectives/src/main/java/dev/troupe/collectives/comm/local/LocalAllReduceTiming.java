package dev.troupe.collectives.comm.local;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Times float32 sum all-reduces between threads of this process. Before each one every rank writes
 * its data anew, as a backward pass does, so that they lie in its own core's cache; and every sum
 * is checked.
 */
public final class LocalAllReduceTiming {
  /** Small ones first: enough calls for the compiler, whatever the size that is measured. */
  private static final int WARM_UP_CALLS = 5_000;

  private static final long WARM_UP_FLOATS = 4_096;

  private final Communicator communicator;
  private final BufferView data;
  private final MemorySegment floats;

  private LocalAllReduceTiming(Communicator communicator, BufferView data) {
    this.communicator = communicator;
    this.data = data;
    this.floats = CpuBuffer.segmentOf(data);
  }

  /**
   * Runs the ranks as threads and times their all-reduces.
   *
   * @param ranks number of threads, 1 or more
   * @param bytes size of one rank's data, a multiple of 4
   * @param iterations timed all-reduces, 1 or more
   * @return median time of rank 0 in seconds, from the call to the result
   */
  public static double measure(int ranks, long bytes, int iterations) {
    if (bytes < Float.BYTES || bytes % Float.BYTES != 0 || iterations < 1) {
      throw new IllegalArgumentException(
          "bytes must be a positive multiple of 4 and iterations positive: %d, %d"
              .formatted(bytes, iterations));
    }
    DeviceMesh mesh = new DeviceMesh(ranks, 1);
    LocalCommunicators communicators = new LocalCommunicators();
    try (ExecutorService threads = Executors.newFixedThreadPool(ranks)) {
      List<Future<double[]>> results = new ArrayList<>();
      for (int rank = 0; rank < ranks; rank++) {
        Communicator communicator = communicators.open(0, mesh.world(), rank);
        results.add(threads.submit(() -> timeRank(communicator, bytes, iterations)));
      }
      return median(results.getFirst().get());
    } catch (ExecutionException e) {
      throw new IllegalStateException("all-reduce failed", e.getCause());
    } catch (InterruptedException e) {
      communicators.abort(0, "interrupted");
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    }
  }

  private static double[] timeRank(Communicator communicator, long bytes, int iterations) {
    try (CpuDevice device = new CpuDevice("cpu:" + communicator.rank(), 1);
        CpuBuffer buffer = device.allocate(bytes);
        communicator) {
      BufferView all = new BufferView(buffer, 0, bytes / Float.BYTES, DataType.FLOAT32);
      BufferView few = all.slice(0, Math.min(all.count(), WARM_UP_FLOATS));
      new LocalAllReduceTiming(communicator, few).time(WARM_UP_CALLS);
      LocalAllReduceTiming timing = new LocalAllReduceTiming(communicator, all);
      timing.time(Math.ceilDiv(iterations, 10));
      return timing.time(iterations);
    } catch (RuntimeException e) {
      communicator.abort("rank " + communicator.rank() + " failed: " + e);
      throw e;
    }
  }

  private double[] time(int iterations) {
    double[] seconds = new double[iterations];
    for (int i = 0; i < iterations; i++) {
      float value = i % 1_000 + 1;
      for (long k = 0; k < data.count(); k++) {
        floats.setAtIndex(JAVA_FLOAT, k, value);
      }
      communicator.barrier();
      long start = System.nanoTime();
      communicator.allReduce(data, ReduceOp.SUM).await();
      seconds[i] = (System.nanoTime() - start) * 1e-9;
      requireSum(0, value);
      requireSum(data.count() - 1, value);
    }
    return seconds;
  }

  private void requireSum(long index, float value) {
    float sum = floats.getAtIndex(JAVA_FLOAT, index);
    if (sum != value * communicator.size()) {
      throw new IllegalStateException(
          "wrong sum at element %d: %s x %d ranks gave %s"
              .formatted(index, value, communicator.size(), sum));
    }
  }

  private static double median(double[] seconds) {
    Arrays.sort(seconds);
    return seconds[seconds.length / 2];
  }
}
