package dev.troupe.collectives.comm.reduce;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.troupe.collectives.comm.ReduceOp;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Partial results of float32 data. */
final class Float32Accumulator implements Accumulator {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int WIDTH = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private final float[] block = new float[BLOCK];

  @Override
  public void load(MemorySegment from, long offset, int count) {
    MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED, offset, block, 0, count);
  }

  @Override
  public void combine(ReduceOp op, MemorySegment from, long offset, int count) {
    int i = 0;
    switch (op) {
      case SUM -> {
        for (; i < FLOATS.loopBound(count); i += WIDTH) {
          accumulated(i).add(operand(from, offset, i)).intoArray(block, i);
        }
      }
      case MAX -> {
        for (; i < FLOATS.loopBound(count); i += WIDTH) {
          accumulated(i).max(operand(from, offset, i)).intoArray(block, i);
        }
      }
      case MIN -> {
        for (; i < FLOATS.loopBound(count); i += WIDTH) {
          accumulated(i).min(operand(from, offset, i)).intoArray(block, i);
        }
      }
    }
    for (; i < count; i++) {
      float operand = from.get(JAVA_FLOAT_UNALIGNED, offset + 4L * i);
      block[i] = Scalars.combine(op, block[i], operand);
    }
  }

  @Override
  public void store(MemorySegment to, long offset, int count) {
    MemorySegment.copy(block, 0, to, JAVA_FLOAT_UNALIGNED, offset, count);
  }

  private FloatVector accumulated(int i) {
    return FloatVector.fromArray(FLOATS, block, i);
  }

  private static FloatVector operand(MemorySegment from, long offset, int i) {
    return FloatVector.fromMemorySegment(FLOATS, from, offset + 4L * i, ORDER);
  }
}
