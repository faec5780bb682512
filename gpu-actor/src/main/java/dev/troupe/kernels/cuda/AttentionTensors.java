package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** What forward and backward attention ask of their tensors, and the parameters they share. */
final class AttentionTensors {
  private AttentionTensors() {}

  /**
   * Checks the tensors that both directions read: (B*Tq, h*hd), (B*h, Tq), (B*capacity, kvh*hd),
   * (B*Tq, 1).
   */
  static void check(
      String call,
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor firstKeys,
      AttentionShape shape) {
    if (shape.sequences() < 1 || shape.queryLength() < 1) {
      throw new IllegalArgumentException(call + ": no queries in " + shape);
    }
    if (q.type() != DataType.FLOAT32 && q.type() != DataType.BFLOAT16) {
      throw new IllegalArgumentException(call + ": no arithmetic on " + q.type());
    }
    PlainTiles.requireHead(shape.headDim());
    Operands.shape(
        call, q, shape.sequences() * shape.queryLength(), shape.heads() * shape.headDim());
    Operands.sameShape(call, q, out);
    if (k.rows() % shape.sequences() != 0 || capacity(k, shape) < shape.keyLength()) {
      throw new IllegalArgumentException(
          "%s: %d rows of keys for %s".formatted(call, k.rows(), shape));
    }
    Operands.shape(call, k, k.rows(), shape.kvHeads() * shape.headDim());
    Operands.sameShape(call, k, v);
    Operands.type(call, q.type(), out, k, v);
    Operands.type(call, DataType.FLOAT32, lse);
    Operands.shape(call, lse, shape.sequences() * shape.heads(), shape.queryLength());
    Operands.dense(call, lse);
    if (firstKeys != null) {
      Operands.type(call, DataType.INT32, firstKeys);
      Operands.shape(call, firstKeys, q.rows(), 1);
      Operands.dense(call, firstKeys);
    }
  }

  /** Rows of keys a sequence has memory for; a KV cache has more than it holds. */
  private static int capacity(Tensor k, AttentionShape shape) {
    return k.rows() / shape.sequences();
  }

  /** Strides as the next parameters. */
  static CudaKernel strides(CudaKernel kernel, Tensor... tensors) {
    for (Tensor t : tensors) {
      kernel.i32(t.stride());
    }
    return kernel;
  }

  /** The shape as the next parameters, and the first keys where there are any. */
  static CudaKernel shape(
      CudaKernel kernel, Tensor k, AttentionShape shape, @Nullable Tensor firstKeys) {
    CudaKernel shaped =
        kernel
            .i32(shape.queryLength())
            .i32(shape.keyLength())
            .i32(capacity(k, shape))
            .i32(shape.heads())
            .i32(shape.kvHeads())
            .f32(shape.scale());
    return firstKeys == null ? shaped : shaped.pointer(Operands.address(firstKeys));
  }
}
