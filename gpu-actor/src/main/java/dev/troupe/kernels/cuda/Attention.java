package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Attention on a GPU's compute stream. Temporary memory as with {@link Matmul}.
 *
 * <p>Tensors are as {@link dev.troupe.kernels.Kernels#attention} says; k, v, dk and dv may be
 * column slices of one packed tensor.
 */
public interface Attention extends AutoCloseable {

  /** As {@link dev.troupe.kernels.Kernels#attention}. */
  void forward(
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor firstKeys,
      AttentionShape shape);

  /** As {@link dev.troupe.kernels.Kernels#attentionBackward}. */
  void backward(
      Tensor dq,
      Tensor dk,
      Tensor dv,
      Tensor dOut,
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor firstKeys,
      AttentionShape shape);

  /**
   * Bytes of temporary memory that a backward pass takes; a forward pass takes no more.
   *
   * @param type type of q, k and v
   */
  long temporaryBytes(AttentionShape shape, DataType type);

  @Override
  void close();
}
