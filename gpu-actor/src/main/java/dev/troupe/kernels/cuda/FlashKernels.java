package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.AttentionGrid.THREADS;

import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import java.util.Optional;

/** Attention of bfloat16 heads of one size on tensor cores; rows are aligned to 16 bytes. */
final class FlashKernels implements AttentionKernels {
  private final FlashTiles tiles;
  private final CudaKernel forward;
  private final AttentionDelta delta;
  private final CudaKernel keys;
  private final Optional<CudaKernel> values;
  private final CudaKernel queries;

  /**
   * The kernels of a head size.
   *
   * @param mask what the names of kernels that take first keys have before the type
   */
  FlashKernels(CudaModule module, FlashTiles tiles, String mask) {
    String variant = mask + "_bf16_" + tiles.headDim();
    this.tiles = tiles;
    this.forward = module.kernel("flash_forward" + variant);
    this.delta = new AttentionDelta(module.kernel("attention_delta_bf16_wide"));
    this.keys = module.kernel("flash_backward_keys" + variant);
    this.values =
        tiles.split()
            ? Optional.of(module.kernel("flash_backward_values" + variant))
            : Optional.empty();
    this.queries = module.kernel("flash_backward_queries" + variant);
  }

  @Override
  public void forward(CudaStream stream, AttentionForwardCall call) {
    int blocks = AttentionGrid.queries(call.shape(), tiles.forwardQueries());
    call.parameters(forward).launch(stream, blocks, 1, THREADS, tiles.forwardBytes());
  }

  @Override
  public void delta(CudaStream stream, AttentionBackwardCall call, long delta) {
    this.delta.launch(stream, call, delta);
  }

  @Override
  public void keys(CudaStream stream, AttentionBackwardCall call, long delta) {
    int blocks = AttentionGrid.keys(call.shape(), tiles.ownKeys());
    call.keyParameters(keys, delta).launch(stream, blocks, 1, THREADS, tiles.keyBytes());
    values.ifPresent(
        kernel ->
            call.keyParameters(kernel, delta)
                .launch(stream, blocks, 1, THREADS, tiles.valueBytes()));
  }

  @Override
  public void queries(CudaStream stream, AttentionBackwardCall call, long delta) {
    int blocks = AttentionGrid.queries(call.shape(), tiles.ownQueries());
    call.queryParameters(queries, delta).launch(stream, blocks, 1, THREADS, tiles.queryBytes());
  }
}
