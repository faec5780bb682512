package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The checked operands of {@link Attention#forward}. */
record AttentionForwardCall(
    Tensor out,
    Tensor lse,
    Tensor q,
    Tensor k,
    Tensor v,
    @Nullable Tensor firstKeys,
    AttentionShape shape) {

  AttentionForwardCall {
    AttentionTensors.check("attention", out, lse, q, k, v, firstKeys, shape);
  }

  /** Whether every row of every operand starts at a multiple of 16 bytes. */
  boolean aligned() {
    return Operands.aligned(out, q, k, v);
  }

  /** The parameters of a kernel {@code *_forward_*}. */
  CudaKernel parameters(CudaKernel kernel) {
    kernel
        .pointer(address(out))
        .pointer(address(lse))
        .pointer(address(q))
        .pointer(address(k))
        .pointer(address(v));
    return AttentionTensors.shape(
        AttentionTensors.strides(kernel, out, q, k, v), k, shape, firstKeys);
  }
}
