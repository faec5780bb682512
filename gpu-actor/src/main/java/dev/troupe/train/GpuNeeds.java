package dev.troupe.train;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.cuda.CublasLtMatmul;
import dev.troupe.kernels.cuda.CudaKernelPlan;
import dev.troupe.kernels.cuda.FlashAttention;
import java.util.function.ToLongBiFunction;

/**
 * What kernels and libraries take of a GPU's memory besides tensors.
 *
 * @param matmulBytes temporary memory of a matrix product
 * @param attentionBytes temporary memory of an attention
 */
record GpuNeeds(long matmulBytes, ToLongBiFunction<AttentionShape, DataType> attentionBytes) {
  private static final long STAGING = 64L << 20;

  /** What a rank without others needs for barriers with itself. */
  private static final long LEAST_STAGING = 512;

  /** For a plan on a machine without the GPU: its libraries may ask for something else. */
  static GpuNeeds beforeThereIsAGpu() {
    return new GpuNeeds(
        CublasLtMatmul.MOST_TEMPORARY_BYTES, (shape, type) -> FlashAttention.deltaBytes(shape));
  }

  /** Kernels that note what they would take. */
  CudaKernelPlan kernels() {
    return new CudaKernelPlan(matmulBytes, attentionBytes);
  }

  /** Memory of communicators on a mesh of so many ranks. */
  static long staging(int ranks) {
    return ranks == 1 ? LEAST_STAGING : STAGING;
  }
}
