package dev.troupe.kernels.cpu;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loads, stores, sums and exp for float32 vectors over native segments. Indices count floats. All
 * segments given to kernels are native, so that each call site sees one kind.
 */
final class VectorMath {
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  static final int WIDTH = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private VectorMath() {}

  static FloatVector load(MemorySegment x, long i) {
    return FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER);
  }

  static FloatVector load(MemorySegment x, long i, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(FLOATS, x, i << 2, ORDER, mask);
  }

  static void store(FloatVector v, MemorySegment x, long i) {
    v.intoMemorySegment(x, i << 2, ORDER);
  }

  static void store(FloatVector v, MemorySegment x, long i, VectorMask<Float> mask) {
    v.intoMemorySegment(x, i << 2, ORDER, mask);
  }

  static FloatVector all(float v) {
    return FloatVector.broadcast(FLOATS, v);
  }

  static FloatVector zero() {
    return FloatVector.zero(FLOATS);
  }

  /** Mask of the lanes {@code i + lane < n}. */
  static VectorMask<Float> tail(int i, int n) {
    return FLOATS.indexInRange(i, n);
  }

  /**
   * Sum of the lanes, halves folded onto each other. {@code reduceLanes} leaves the order open, and
   * interpreted and compiled code take different ones: results would change as the JVM warms up.
   * Through an array, because folding by {@code rearrange} boxes: measured, an RMSNorm backward
   * took 13 ms with it where it now takes 8.
   */
  static float sum(FloatVector v) {
    float[] lanes = new float[WIDTH];
    v.intoArray(lanes, 0);
    for (int half = WIDTH / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        lanes[i] += lanes[i + half];
      }
    }
    return lanes[0];
  }

  /**
   * e^x by range reduction to [-ln2/2, ln2/2] and a polynomial of degree 6 (Cephes' expf); relative
   * error below 3e-7; arguments are clamped to [-87, 88]. Small on purpose: a caller that inlines
   * it twice must stay within what the compiler keeps in registers.
   */
  static FloatVector exp(FloatVector x) {
    FloatVector c = x.max(-87f).min(88f);
    // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits.
    FloatVector t = c.fma(all(1.44269504f), all(12582912f));
    FloatVector n = t.sub(12582912f);
    FloatVector r = n.fma(all(-0.693145751953125f), c);
    r = n.fma(all(-1.42860682030941723212e-6f), r);
    FloatVector p = all(1.9875691500e-4f);
    p = p.fma(r, all(1.3981999507e-3f));
    p = p.fma(r, all(8.3334519073e-3f));
    p = p.fma(r, all(4.1665795894e-2f));
    p = p.fma(r, all(1.6666665459e-1f));
    p = p.fma(r, all(5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1f);
    return p.reinterpretAsInts()
        .add(t.reinterpretAsInts().lanewise(LSHL, 23))
        .reinterpretAsFloats();
  }

  /** {@link #exp}, but zero below -87. */
  static FloatVector expOrZero(FloatVector x) {
    return exp(x).blend(0f, x.compare(LT, -87f));
  }

  /** {@code n} rounded up to whole vectors. */
  static int padded(int n) {
    return (n + WIDTH - 1) / WIDTH * WIDTH;
  }

  /** 1 / (1 + e^-x). */
  static FloatVector sigmoid(FloatVector x) {
    return all(1f).div(exp(x.neg()).add(1f));
  }
}
