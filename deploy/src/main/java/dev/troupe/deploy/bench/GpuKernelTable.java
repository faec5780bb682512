package dev.troupe.deploy.bench;

import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaEvent;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.kernels.Kernels;
import dev.troupe.proto.spec.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Times each kernel at the sizes of a model against its floor: the bandwidth of a copy for those
 * that memory bounds, the speed of a large matrix product for those that arithmetic bounds, both
 * measured in the same run.
 */
final class GpuKernelTable {
  private static final int WARMUP = 3;
  private static final int RUNS = 20;

  /** Far beyond the caches. */
  private static final long COPY_BYTES = 256L << 20;

  private final CudaDevice device;
  private final Kernels kernels;

  /** Kernels of a device; its memory must hold {@link #bytes}. */
  GpuKernelTable(CudaDevice device, Kernels kernels) {
    this.device = device;
    this.kernels = kernels;
  }

  /** Memory that it takes. */
  static long bytes(ModelSpec model, int tokens) {
    return 2 * COPY_BYTES + GpuKernelLines.bytes(model, tokens);
  }

  List<KernelLine.Figures> run(ModelSpec model, int tokens, int length) {
    CudaStream stream = device.compute();
    CudaBuffer from = device.allocate(COPY_BYTES);
    CudaBuffer to = device.allocate(COPY_BYTES);
    double copy = seconds(() -> {}, () -> stream.copy(to.address(), from.address(), COPY_BYTES));
    GpuKernelLines lines = new GpuKernelLines(device, kernels, model, tokens, length);
    KernelLine largest = lines.largestProduct();
    double bandwidth = 2.0 * COPY_BYTES / copy;
    double peak = largest.flops() / seconds(largest.prepare(), largest.work());
    List<KernelLine.Figures> figures = new ArrayList<>();
    figures.add(new KernelLine.Figures("copy", copy, bandwidth, true, 1));
    figures.add(new KernelLine.Figures(largest.name(), largest.flops() / peak, peak, false, 1));
    for (KernelLine line : lines.all()) {
      figures.add(line.figures(seconds(line.prepare(), line.work()), bandwidth, peak));
    }
    return figures;
  }

  /** Mean time of a call, on the GPU's own clock. */
  private double seconds(Runnable prepare, Runnable work) {
    prepare.run();
    CudaStream stream = device.compute();
    try (CudaEvent begin = stream.newEvent();
        CudaEvent end = stream.newEvent()) {
      for (int i = 0; i < WARMUP; i++) {
        work.run();
      }
      begin.record(stream);
      for (int i = 0; i < RUNS; i++) {
        work.run();
      }
      end.record(stream);
      end.synchronize();
      return end.millisecondsSince(begin) * 1e-3 / RUNS;
    }
  }
}
