package dev.troupe.collectives.comm;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Times float32 sum all-reduces on one rank of a group, whose other ranks do the same at the same
 * time. Before each one every rank writes its data anew, as a backward pass does, so that they lie
 * in its own core's cache; afterwards it checks every sum.
 */
public final class AllReduceTiming {
  /** Enough calls for the compiler, whatever the size that is measured. */
  private static final int WARM_UP_CALLS = 5_000;

  private static final long WARM_UP_FLOATS = 16_384;
  private static final int VALUES = 100;
  private static final int PATTERN = 8;

  private final Communicator communicator;
  private final BufferView data;
  private final MemorySegment floats;

  private AllReduceTiming(Communicator communicator, BufferView data) {
    this.communicator = communicator;
    this.data = data;
    this.floats = CpuBuffer.segmentOf(data);
  }

  /**
   * Warms up and measures.
   *
   * @param device where the data lie
   * @param bytes size of one rank's data, a positive multiple of 4
   * @param iterations timed all-reduces, 1 or more
   * @return median time in seconds, from the call to the result
   * @throws IllegalStateException when a sum is wrong
   */
  public static double median(
      Communicator communicator, CpuDevice device, long bytes, int iterations) {
    if (bytes < Float.BYTES || bytes % Float.BYTES != 0 || iterations < 1) {
      throw new IllegalArgumentException(
          "bytes must be a positive multiple of 4 and iterations positive: %d, %d"
              .formatted(bytes, iterations));
    }
    try (CpuBuffer buffer = device.allocate(bytes)) {
      BufferView all = new BufferView(buffer, 0, bytes / Float.BYTES, DataType.FLOAT32);
      BufferView few = all.slice(0, Math.min(all.count(), WARM_UP_FLOATS));
      new AllReduceTiming(communicator, few).time(WARM_UP_CALLS);
      AllReduceTiming timing = new AllReduceTiming(communicator, all);
      timing.time(Math.ceilDiv(iterations, 10));
      double[] seconds = timing.time(iterations);
      Arrays.sort(seconds);
      return seconds[seconds.length / 2];
    } catch (RuntimeException e) {
      communicator.abort("rank " + communicator.rank() + " failed: " + e);
      throw e;
    }
  }

  private double[] time(int iterations) {
    int ranks = communicator.size();
    double[] seconds = new double[iterations];
    for (int i = 0; i < iterations; i++) {
      int value = i % VALUES + 1;
      fill(value * (communicator.rank() + 1));
      communicator.barrier();
      long start = System.nanoTime();
      communicator.allReduce(data, ReduceOp.SUM).await();
      seconds[i] = (System.nanoTime() - start) * 1e-9;
      check(value * (ranks * (ranks + 1) / 2), ranks);
    }
    return seconds;
  }

  /** Element k = value + k mod 8. */
  private void fill(int value) {
    for (long k = 0; k < data.count(); k++) {
      floats.setAtIndex(JAVA_FLOAT, k, value + (int) (k & PATTERN - 1));
    }
  }

  private void check(int value, int ranks) {
    for (long k = 0; k < data.count(); k++) {
      float sum = floats.getAtIndex(JAVA_FLOAT, k);
      float expected = value + ranks * (int) (k & PATTERN - 1);
      if (sum != expected) {
        throw new IllegalStateException(
            "wrong sum at element %d: %s, not %s".formatted(k, sum, expected));
      }
    }
  }
}
