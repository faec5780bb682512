package dev.troupe.kernels;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.kernels.cuda.Attention;
import dev.troupe.kernels.cuda.CudaKernels;
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
    return new CudaKernels(
        device, device.load(KernelImage.load()), new NoMatmul(), new NoAttention(), temporaries);
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

  private static final class NoAttention implements Attention {
    @Override
    public void forward(
        Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v, AttentionShape shape) {
      throw notHere();
    }

    @Override
    public void backward(
        Tensor dq,
        Tensor dk,
        Tensor dv,
        Tensor dOut,
        Tensor out,
        Tensor lse,
        Tensor q,
        Tensor k,
        Tensor v,
        AttentionShape shape) {
      throw notHere();
    }

    @Override
    public long temporaryBytes(AttentionShape shape, DataType type) {
      return 0;
    }

    @Override
    public void close() {}
  }
}
