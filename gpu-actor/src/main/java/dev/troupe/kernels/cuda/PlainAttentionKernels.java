package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.AttentionGrid.THREADS;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.kernels.AttentionShape;

/** Attention of one type in float32 arithmetic: any alignment, heads up to a size. */
final class PlainAttentionKernels implements AttentionKernels {
  private final CudaKernel forward;
  private final AttentionDelta delta;
  private final CudaKernel keys;
  private final CudaKernel queries;

  /**
   * The kernels of a type.
   *
   * @param mask what the names of kernels that take first keys have before the type
   */
  PlainAttentionKernels(CudaModule module, DataType type, String mask) {
    this.forward = TypedKernel.of(module, "attention_forward" + mask).of(type);
    this.delta = new AttentionDelta(TypedKernel.of(module, "attention_delta").of(type));
    this.keys = TypedKernel.of(module, "attention_backward_keys" + mask).of(type);
    this.queries = TypedKernel.of(module, "attention_backward_queries" + mask).of(type);
  }

  @Override
  public void forward(CudaStream stream, AttentionForwardCall call) {
    AttentionShape shape = call.shape();
    int blocks = AttentionGrid.queries(shape, PlainTiles.ROWS);
    launch(call.parameters(forward), stream, shape, blocks, 2, 1);
  }

  @Override
  public void delta(CudaStream stream, AttentionBackwardCall call, long delta) {
    this.delta.launch(stream, call, delta);
  }

  @Override
  public void keys(CudaStream stream, AttentionBackwardCall call, long delta) {
    AttentionShape shape = call.shape();
    int blocks = AttentionGrid.keys(shape, PlainTiles.ROWS);
    launch(call.keyParameters(keys, delta), stream, shape, blocks, 4, 2);
  }

  @Override
  public void queries(CudaStream stream, AttentionBackwardCall call, long delta) {
    AttentionShape shape = call.shape();
    int blocks = AttentionGrid.queries(shape, PlainTiles.ROWS);
    launch(call.queryParameters(queries, delta), stream, shape, blocks, 3, 1);
  }

  private static void launch(
      CudaKernel kernel,
      CudaStream stream,
      AttentionShape shape,
      int blocks,
      int ownTiles,
      int weightTiles) {
    int hd = shape.headDim();
    kernel.i32(hd).launch(stream, blocks, 1, THREADS, PlainTiles.bytes(hd, ownTiles, weightTiles));
  }
}
