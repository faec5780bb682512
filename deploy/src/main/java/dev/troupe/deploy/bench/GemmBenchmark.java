package dev.troupe.deploy.bench;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.deploy.cli.BenchJob;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.kernels.cpu.CpuKernels;
import dev.troupe.proto.spec.Precision;
import dev.troupe.tensor.Tensor;
import java.util.Arrays;

/** Times matrix products on all cores. */
final class GemmBenchmark {
  private static final int WARMUP = 20;
  private static final int RUNS = 100;

  private GemmBenchmark() {}

  /** Median GFLOP/s of C[m,n] = op(A) op(B). */
  static double gflops(BenchJob.Gemm size, Layout layout) {
    DataType type = size.precision() == Precision.FP32 ? DataType.FLOAT32 : DataType.BFLOAT16;
    int threads = Runtime.getRuntime().availableProcessors();
    try (CpuDevice device = new CpuDevice("cpu:0", threads);
        Kernels kernels = new CpuKernels(device);
        DeviceBuffer a = device.allocate((long) size.m() * size.k() * type.bytes());
        DeviceBuffer b = device.allocate((long) size.k() * size.n() * type.bytes());
        DeviceBuffer c = device.allocate((long) size.m() * size.n() * Float.BYTES)) {
      Tensor ta = matrix(a, type, size.m(), size.k(), layout.transposeA());
      Tensor tb = matrix(b, type, size.k(), size.n(), layout.transposeB());
      Tensor tc = Tensor.of(c, DataType.FLOAT32, size.m(), size.n());
      long[] nanos = new long[RUNS];
      for (int i = 0; i < WARMUP + RUNS; i++) {
        long start = System.nanoTime();
        kernels.matmul(tc, ta, tb, layout, Accumulate.ASSIGN);
        nanos[Math.max(0, i - WARMUP)] = System.nanoTime() - start;
      }
      Arrays.sort(nanos);
      return 2.0 * size.m() * size.n() * size.k() / nanos[RUNS / 2];
    }
  }

  private static Tensor matrix(
      DeviceBuffer buffer, DataType type, int rows, int cols, boolean transposed) {
    return Tensor.of(buffer, type, transposed ? cols : rows, transposed ? rows : cols);
  }
}
