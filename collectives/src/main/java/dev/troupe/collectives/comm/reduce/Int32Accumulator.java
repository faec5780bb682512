package dev.troupe.collectives.comm.reduce;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.troupe.collectives.comm.ReduceOp;
import java.lang.foreign.MemorySegment;

/** Partial results of int32 data. Scalar: int32 is for counts and flags, not for tensors. */
final class Int32Accumulator implements Accumulator {
  private final int[] block = new int[BLOCK];

  @Override
  public void load(MemorySegment from, long offset, int count) {
    MemorySegment.copy(from, JAVA_INT_UNALIGNED, offset, block, 0, count);
  }

  @Override
  public void combine(ReduceOp op, MemorySegment from, long offset, int count) {
    for (int i = 0; i < count; i++) {
      int operand = from.get(JAVA_INT_UNALIGNED, offset + 4L * i);
      block[i] = Scalars.combine(op, block[i], operand);
    }
  }

  @Override
  public void store(MemorySegment to, long offset, int count) {
    MemorySegment.copy(block, 0, to, JAVA_INT_UNALIGNED, offset, count);
  }
}
