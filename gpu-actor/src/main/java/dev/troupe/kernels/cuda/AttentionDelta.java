package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.kernels.AttentionShape;

/** A kernel {@code attention_delta_*}: eight threads for each query of each head. */
record AttentionDelta(CudaKernel kernel) {
  private static final int THREADS = 256;
  private static final int ROW_THREADS = 8;

  void launch(CudaStream stream, AttentionBackwardCall call, long delta) {
    AttentionShape shape = call.shape();
    long rows = (long) shape.sequences() * shape.heads() * shape.queryLength();
    int blocks = Math.toIntExact(Math.ceilDiv(rows * ROW_THREADS, THREADS));
    call.deltaParameters(kernel, delta).launch(stream, blocks, 1, THREADS, 0);
  }
}
