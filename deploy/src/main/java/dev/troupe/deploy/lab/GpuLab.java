package dev.troupe.deploy.lab;

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
public final class GpuLab {
  /** More than any kernel takes beside its tensors, matrix products apart. */
  private static final long LEAST_TEMPORARY = 64L << 20;

  private static final long ROUNDING = 1 << 20;

  private GpuLab() {}

  /** How matrix products are made. */
  public enum Products {
    /** As with {@code parallel.reduction = exact}: not measured, not split. */
    EXACT,
    /** As with {@code parallel.reduction = fast}: the fastest of those that were tried. */
    MEASURED
  }

  /** The GPU with memory for tensors. Attention is that of our own kernels. */
  public static Lab<CudaDevice> open(Gpu gpu, long bytes, Products products) {
    gpu.libraries().load(CudaLibrary.CUBLAS_LT);
    long temporaryBytes = Math.max(CublasLtMatmul.temporaryBytes(gpu.info()), LEAST_TEMPORARY);
    CudaDevice device =
        CudaDevice.open(gpu.driver(), gpu.info().index(), bytes + temporaryBytes + ROUNDING);
    try {
      CudaModule module = device.load(KernelImage.load());
      CudaBuffer temporaries = device.allocate(temporaryBytes);
      boolean exact = products == Products.EXACT;
      Choice choice = new Choice(!exact, Optional.empty());
      return new Lab<>(
          device,
          new CudaKernels(
              device,
              module,
              new CublasLtMatmul(device, temporaries, 0, exact, choice),
              new FlashAttention(device, module, temporaries),
              temporaries));
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
