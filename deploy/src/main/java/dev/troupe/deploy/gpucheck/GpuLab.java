package dev.troupe.deploy.gpucheck;

import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.kernels.cuda.CublasLtMatmul;
import dev.troupe.kernels.cuda.CudaKernels;
import dev.troupe.kernels.cuda.FlashAttention;
import dev.troupe.kernels.cuda.KernelImage;
import dev.troupe.kernels.cuda.cublas.Choice;
import java.util.Optional;

/** Opens a GPU with its kernels, as a rank does. */
final class GpuLab {
  /** More than any kernel takes beside its tensors, matrix products apart. */
  private static final long LEAST_TEMPORARY = 64L << 20;

  private static final long ROUNDING = 1 << 20;

  private GpuLab() {}

  /**
   * The GPU with memory for tensors. Matrix products are as {@code parallel.reduction = exact} has
   * them: not measured, not split; attention is that of our own kernels.
   */
  static Lab open(Gpu gpu, long bytes) {
    gpu.libraries().load(CudaLibrary.CUBLAS_LT);
    long temporaryBytes = Math.max(CublasLtMatmul.temporaryBytes(gpu.info()), LEAST_TEMPORARY);
    CudaDevice device =
        CudaDevice.open(gpu.driver(), gpu.info().index(), bytes + temporaryBytes + ROUNDING);
    try {
      CudaModule module = device.load(KernelImage.load());
      CudaBuffer temporaries = device.allocate(temporaryBytes);
      Choice first = new Choice(false, Optional.empty());
      return new Lab(
          device,
          new CudaKernels(
              device,
              module,
              new CublasLtMatmul(device, temporaries, 0, true, first),
              new FlashAttention(device, module, temporaries),
              temporaries));
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
