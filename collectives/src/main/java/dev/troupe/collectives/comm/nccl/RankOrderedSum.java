package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaStream;

/**
 * The kernel that sums what ranks have sent, in rank order, so that the bits are those of the CPU
 * communicators.
 */
@FunctionalInterface
public interface RankOrderedSum {
  /**
   * Gives the stream {@code out = ((p0 + p1) + p2) + ...}, or with {@code onto} {@code out = ((out
   * + p0) + p1) + ...}, element by element. bfloat16 is summed in float32 and rounded once.
   *
   * @param type any but INT8; INT32 wraps around
   * @param out address of {@code elements} elements
   * @param onto whether {@code out} is the first operand
   * @param parts address of the first part
   * @param partBytesStride bytes from a part to the next one
   * @param n number of parts, 1 or more
   * @param elements elements of a part, 1 or more
   */
  void sum(
      CudaStream stream,
      DataType type,
      long out,
      boolean onto,
      long parts,
      long partBytesStride,
      int n,
      long elements);
}
