package dev.troupe.collectives.comm.link;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Times float32 sum all-reduces between data planes on the loopback interface, with a thread a
 * rank; every sum is checked. Arguments: {@code tcp} or the directory of a running media driver,
 * ranks, iterations, and sizes in bytes.
 */
final class LinkTiming {
  private static final int WARM_UP_CALLS = 3_000;
  private static final long WARM_UP_BYTES = 64 << 10;

  private LinkTiming() {}

  public static void main(String[] arguments) {
    String transport = arguments[0];
    int ranks = Integer.parseInt(arguments[1]);
    int iterations = Integer.parseInt(arguments[2]);
    Planes.Transport made =
        transport.equals("tcp")
            ? Planes.tcp()
            : settings -> DataPlane.aeronUdp(Planes.HOST, 0, Path.of(transport), settings);
    try (Planes planes = Planes.open(made, ranks)) {
      for (int i = 3; i < arguments.length; i++) {
        long bytes = Long.parseLong(arguments[i]);
        List<double[]> seconds =
            planes.run(
                i,
                ranks,
                comm -> {
                  time(comm, Math.min(bytes, WARM_UP_BYTES), WARM_UP_CALLS);
                  time(comm, bytes, Math.ceilDiv(iterations, 10));
                  return time(comm, bytes, iterations);
                });
        double[] sorted = seconds.getFirst();
        Arrays.sort(sorted);
        System.out.printf(
            "%s, %d ranks, %,d bytes: median %.1f us, fastest %.1f us%n",
            transport, ranks, bytes, sorted[sorted.length / 2] * 1e6, sorted[0] * 1e6);
      }
    }
  }

  private static double[] time(Communicator comm, long bytes, int iterations) {
    double[] seconds = new double[iterations];
    try (CpuDevice device = new CpuDevice("cpu:" + comm.rank(), 1);
        CpuBuffer buffer = device.allocate(bytes)) {
      BufferView data = new BufferView(buffer, 0, bytes / Float.BYTES, DataType.FLOAT32);
      MemorySegment floats = CpuBuffer.segmentOf(data);
      for (int i = 0; i < iterations; i++) {
        float value = i % 1_000 + 1;
        for (long k = 0; k < data.count(); k++) {
          floats.setAtIndex(JAVA_FLOAT, k, value);
        }
        comm.barrier();
        long start = System.nanoTime();
        comm.allReduce(data, ReduceOp.SUM).await();
        seconds[i] = (System.nanoTime() - start) * 1e-9;
        if (floats.getAtIndex(JAVA_FLOAT, data.count() - 1) != value * comm.size()) {
          throw new IllegalStateException("wrong sum in iteration " + i);
        }
      }
    }
    return seconds;
  }
}
