package dev.troupe.collectives.comm.reduce;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;

import dev.troupe.collectives.comm.ReduceOp;
import java.lang.foreign.MemorySegment;

/** Partial results of float64 data. Scalar: float64 is for a few statistics, not for tensors. */
final class Float64Accumulator implements Accumulator {
  private final double[] block = new double[BLOCK];

  @Override
  public void load(MemorySegment from, long offset, int count) {
    MemorySegment.copy(from, JAVA_DOUBLE_UNALIGNED, offset, block, 0, count);
  }

  @Override
  public void combine(ReduceOp op, MemorySegment from, long offset, int count) {
    for (int i = 0; i < count; i++) {
      double operand = from.get(JAVA_DOUBLE_UNALIGNED, offset + 8L * i);
      block[i] = Scalars.combine(op, block[i], operand);
    }
  }

  @Override
  public void store(MemorySegment to, long offset, int count) {
    MemorySegment.copy(block, 0, to, JAVA_DOUBLE_UNALIGNED, offset, count);
  }
}
