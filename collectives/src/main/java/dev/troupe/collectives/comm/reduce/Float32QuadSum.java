package dev.troupe.collectives.comm.reduce;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The float32 sum all-reduce of four ranks in one pass that keeps the sum in a register, as {@link
 * Float32PairSum} does for two; the same bits as the general {@link Reducer}'s.
 */
public final class Float32QuadSum {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int VECTOR_BYTES = FLOATS.vectorByteSize();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Float32QuadSum() {}

  /** {@code a = b = c = d = ((a + b) + c) + d} over the bytes {@code [from, to)} of all. */
  public static void sumIntoAll(
      MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d, long from, long to) {
    long at = from;
    for (; at <= to - VECTOR_BYTES; at += VECTOR_BYTES) {
      FloatVector sum = load(a, at).add(load(b, at)).add(load(c, at)).add(load(d, at));
      sum.intoMemorySegment(a, at, ORDER);
      sum.intoMemorySegment(b, at, ORDER);
      sum.intoMemorySegment(c, at, ORDER);
      sum.intoMemorySegment(d, at, ORDER);
    }
    for (; at < to; at += Float.BYTES) {
      float sum = get(a, at) + get(b, at) + get(c, at) + get(d, at);
      a.set(JAVA_FLOAT_UNALIGNED, at, sum);
      b.set(JAVA_FLOAT_UNALIGNED, at, sum);
      c.set(JAVA_FLOAT_UNALIGNED, at, sum);
      d.set(JAVA_FLOAT_UNALIGNED, at, sum);
    }
  }

  private static FloatVector load(MemorySegment segment, long at) {
    return FloatVector.fromMemorySegment(FLOATS, segment, at, ORDER);
  }

  private static float get(MemorySegment segment, long at) {
    return segment.get(JAVA_FLOAT_UNALIGNED, at);
  }
}
