package dev.troupe.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.I2S;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import dev.troupe.collectives.device.Bfloat16;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Conversions between float32 and bfloat16 (the upper half of a float32). Indices count elements.
 */
final class Bf16 {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(
          short.class, jdk.incubator.vector.VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
  private static final int WIDTH = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Bf16() {}

  /** to[i] = from[i] as float32; exact. */
  static void widen(MemorySegment from, long f, MemorySegment to, long t, int n) {
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
      ShortVector s = ShortVector.fromMemorySegment(SHORTS, from, (f + i) << 1, ORDER);
      IntVector wide = (IntVector) s.convertShape(ZERO_EXTEND_S2I, INTS, 0);
      wide.lanewise(LSHL, 16).reinterpretAsFloats().intoMemorySegment(to, (t + i) << 2, ORDER);
    }
    for (; i < n; i++) {
      to.setAtIndex(
          ValueLayout.JAVA_FLOAT,
          t + i,
          Bfloat16.toFloat(from.getAtIndex(ValueLayout.JAVA_SHORT, f + i)));
    }
  }

  /** to[i] = from[i] rounded to the nearest bfloat16, ties to even. */
  static void narrow(MemorySegment from, long f, MemorySegment to, long t, int n) {
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
      IntVector bits =
          FloatVector.fromMemorySegment(FLOATS, from, (f + i) << 2, ORDER).reinterpretAsInts();
      IntVector rounded = bits.add(0x7fff).add(bits.lanewise(LSHR, 16).and(1)).lanewise(LSHR, 16);
      ((ShortVector) rounded.convertShape(I2S, SHORTS, 0))
          .intoMemorySegment(to, (t + i) << 1, ORDER);
    }
    for (; i < n; i++) {
      to.setAtIndex(
          ValueLayout.JAVA_SHORT,
          t + i,
          Bfloat16.fromFloat(from.getAtIndex(ValueLayout.JAVA_FLOAT, f + i)));
    }
  }
}
