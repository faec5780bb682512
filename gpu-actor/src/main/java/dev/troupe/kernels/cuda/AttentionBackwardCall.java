package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The checked operands of {@link Attention#backward}. */
record AttentionBackwardCall(
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
    AttentionShape shape) {
  private static final String CALL = "attentionBackward";

  AttentionBackwardCall {
    AttentionTensors.check(CALL, out, lse, q, k, v, firstKeys, shape);
    Operands.sameShape(CALL, q, dq, dOut);
    Operands.sameShape(CALL, k, dk, dv);
    Operands.type(CALL, q.type(), dq, dk, dv, dOut);
  }

  /** Whether every row of every operand starts at a multiple of 16 bytes. */
  boolean aligned() {
    return Operands.aligned(dq, dk, dv, dOut, out, q, k, v);
  }

  /** The parameters of a kernel {@code attention_delta_*}, which writes {@code delta}. */
  CudaKernel deltaParameters(CudaKernel kernel, long delta) {
    kernel.pointer(delta).pointer(address(dOut)).pointer(address(out));
    return AttentionTensors.strides(kernel, dOut, out)
        .i32(shape.sequences())
        .i32(shape.queryLength())
        .i32(shape.heads())
        .i32(shape.headDim());
  }

  /** The parameters of a kernel {@code *_backward_queries_*}. */
  CudaKernel queryParameters(CudaKernel kernel, long delta) {
    inputs(kernel.pointer(address(dq)), delta);
    return AttentionTensors.shape(
        AttentionTensors.strides(kernel, dq, dOut, q, k, v), k, shape, firstKeys);
  }

  /** The parameters of a kernel {@code *_backward_keys_*}. */
  CudaKernel keyParameters(CudaKernel kernel, long delta) {
    inputs(kernel.pointer(address(dk)).pointer(address(dv)), delta);
    return AttentionTensors.shape(
        AttentionTensors.strides(kernel, dk, dv, dOut, q, k, v), k, shape, firstKeys);
  }

  private void inputs(CudaKernel kernel, long delta) {
    kernel
        .pointer(address(dOut))
        .pointer(address(lse))
        .pointer(delta)
        .pointer(address(q))
        .pointer(address(k))
        .pointer(address(v));
  }
}
