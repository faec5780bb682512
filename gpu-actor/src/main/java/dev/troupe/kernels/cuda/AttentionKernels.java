package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.cuda.CudaStream;

/** The launches of one family of attention kernels. */
sealed interface AttentionKernels permits FlashKernels, PlainAttentionKernels {

  /** out and lse. */
  void forward(CudaStream stream, AttentionForwardCall call);

  /** Row sums of dOut * out to {@code delta}, (sequences * heads, queries) float32. */
  void delta(CudaStream stream, AttentionBackwardCall call, long delta);

  /** dk and dv. */
  void keys(CudaStream stream, AttentionBackwardCall call, long delta);

  /** dq. */
  void queries(CudaStream stream, AttentionBackwardCall call, long delta);
}
