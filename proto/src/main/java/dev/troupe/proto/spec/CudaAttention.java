package dev.troupe.proto.spec;

/** Attention of the cuda backend. */
public enum CudaAttention {
  /**
   * cuDNN's where it is there, reduction = exact does not ask for the same bits and the data have
   * no document mask, else FLASH.
   */
  AUTO,
  /** cuDNN's graph of fused operations. */
  CUDNN,
  /** Our own kernels: deterministic, and in memory that grows with the sequence, not its square. */
  FLASH
}
