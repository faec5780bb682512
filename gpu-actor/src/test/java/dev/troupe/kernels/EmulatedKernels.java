package dev.troupe.kernels;

import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.kernels.cuda.CudaKernels;
import dev.troupe.kernels.cuda.FlashAttention;
import dev.troupe.kernels.cuda.KernelImage;
import dev.troupe.kernels.cuda.Matmul;
import dev.troupe.tensor.Tensor;
import java.util.Optional;

/** The CUDA kernels on an emulated GPU, set up as on a real one. */
public final class EmulatedKernels {
  private static final long ARENA_BYTES = 64 << 20;
  private static final long TEMPORARY_BYTES = 4 << 20;

  private EmulatedKernels() {}

  /** A GPU of its own, which belongs to the calling thread. */
  public static CudaDevice openDevice() {
    EmulatedGpu gpu = EmulatedGpu.start();
    CudaDriver driver = CudaDriver.start(CudaLibraries.find(Optional.of(gpu.folder())));
    return CudaDevice.open(driver, 0, ARENA_BYTES);
  }

  /** Kernels of a device with so much temporary memory. */
  public static CudaKernels on(CudaDevice device, long temporaryBytes) {
    CudaBuffer temporaries = device.allocate(temporaryBytes);
    CudaModule module = device.load(KernelImage.load());
    FlashAttention attention = new FlashAttention(device, module, temporaries);
    return new CudaKernels(device, module, new NoMatmul(), attention, temporaries);
  }

  static TestDevice open() {
    CudaDevice device = openDevice();
    return TestDevice.of(device, on(device, TEMPORARY_BYTES));
  }

  private static UnsupportedOperationException notHere() {
    return new UnsupportedOperationException("has tests of its own");
  }

  private static final class NoMatmul implements Matmul {
    @Override
    public void run(Tensor c, Tensor a, Tensor b, Layout layout, Accumulate accumulate) {
      throw notHere();
    }

    @Override
    public void addTo(Tensor d, Tensor c, Tensor a, Tensor b, Layout layout) {
      throw notHere();
    }

    @Override
    public long temporaryBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }
}
