package dev.troupe.collectives.comm.reduce;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.Bfloat16;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Partial results of bfloat16 data, kept in float32 and rounded only when stored.
 *
 * <p>A 32-bit lane holds two neighbouring elements. Its lower half becomes a float32 by a shift,
 * its upper half by a mask, so no lane ever moves; the two halves have a block each. The last
 * element of an odd count lies in the lower block.
 */
final class Bfloat16Accumulator implements Accumulator {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int WIDTH = INTS.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int UPPER_HALF = 0xFFFF0000;
  private static final int QUIET_NAN = 0x00400000;

  private final float[] lower = new float[BLOCK / 2];
  private final float[] upper = new float[BLOCK / 2];

  @Override
  public void load(MemorySegment from, long offset, int count) {
    int i = 0;
    for (; i < INTS.loopBound(count / 2); i += WIDTH) {
      IntVector pairs = pairs(from, offset, i);
      lowerOf(pairs).intoArray(lower, i);
      upperOf(pairs).intoArray(upper, i);
    }
    for (int element = 2 * i; element < count; element++) {
      half(element)[element / 2] = scalar(from, offset, element);
    }
  }

  @Override
  public void combine(ReduceOp op, MemorySegment from, long offset, int count) {
    int i = 0;
    int bound = INTS.loopBound(count / 2);
    switch (op) {
      case SUM -> {
        for (; i < bound; i += WIDTH) {
          IntVector pairs = pairs(from, offset, i);
          accumulated(lower, i).add(lowerOf(pairs)).intoArray(lower, i);
          accumulated(upper, i).add(upperOf(pairs)).intoArray(upper, i);
        }
      }
      case MAX -> {
        for (; i < bound; i += WIDTH) {
          IntVector pairs = pairs(from, offset, i);
          accumulated(lower, i).max(lowerOf(pairs)).intoArray(lower, i);
          accumulated(upper, i).max(upperOf(pairs)).intoArray(upper, i);
        }
      }
      case MIN -> {
        for (; i < bound; i += WIDTH) {
          IntVector pairs = pairs(from, offset, i);
          accumulated(lower, i).min(lowerOf(pairs)).intoArray(lower, i);
          accumulated(upper, i).min(upperOf(pairs)).intoArray(upper, i);
        }
      }
    }
    for (int element = 2 * i; element < count; element++) {
      float[] half = half(element);
      half[element / 2] = Scalars.combine(op, half[element / 2], scalar(from, offset, element));
    }
  }

  @Override
  public void store(MemorySegment to, long offset, int count) {
    int i = 0;
    for (; i < INTS.loopBound(count / 2); i += WIDTH) {
      IntVector low = rounded(accumulated(lower, i)).lanewise(VectorOperators.LSHR, 16);
      IntVector high = rounded(accumulated(upper, i)).and(UPPER_HALF);
      low.or(high).intoMemorySegment(to, offset + 4L * i, ORDER);
    }
    for (int element = 2 * i; element < count; element++) {
      short bits = Bfloat16.fromFloat(half(element)[element / 2]);
      to.set(JAVA_SHORT_UNALIGNED, offset + 2L * element, bits);
    }
  }

  /** The nearest bfloat16 in the upper half of each lane, as {@link Bfloat16#fromFloat} does it. */
  private static IntVector rounded(FloatVector values) {
    IntVector bits = values.reinterpretAsInts();
    IntVector even = bits.lanewise(VectorOperators.LSHR, 16).and(1);
    return bits.add(even)
        .add(0x7FFF)
        .blend(bits.or(QUIET_NAN), values.test(VectorOperators.IS_NAN).cast(INTS));
  }

  private static IntVector pairs(MemorySegment from, long offset, int i) {
    return IntVector.fromMemorySegment(INTS, from, offset + 4L * i, ORDER);
  }

  private static FloatVector lowerOf(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector upperOf(IntVector pairs) {
    return pairs.and(UPPER_HALF).reinterpretAsFloats();
  }

  private static FloatVector accumulated(float[] half, int i) {
    return FloatVector.fromArray(FLOATS, half, i);
  }

  private float[] half(int element) {
    return (element & 1) == 0 ? lower : upper;
  }

  private static float scalar(MemorySegment from, long offset, int element) {
    return Bfloat16.toFloat(from.get(JAVA_SHORT_UNALIGNED, offset + 2L * element));
  }
}
