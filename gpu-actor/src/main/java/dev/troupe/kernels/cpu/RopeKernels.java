package dev.troupe.kernels.cpu;

import static dev.troupe.kernels.cpu.VectorMath.WIDTH;
import static dev.troupe.kernels.cpu.VectorMath.load;
import static dev.troupe.kernels.cpu.VectorMath.store;
import static dev.troupe.kernels.cpu.VectorMath.tail;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Rotary embedding of one head of one row, rotate-half convention. Indices count floats. */
final class RopeKernels {
  private RopeKernels() {}

  /**
   * Rotates x[xo, xo + 2 half) in place by the angles whose cosines lie at {@code co} and sines at
   * {@code co + half}; {@code sign} -1 rotates back.
   */
  static void rotate(MemorySegment x, long xo, MemorySegment table, long co, int half, float sign) {
    int i = 0;
    for (; i + WIDTH <= half; i += WIDTH) {
      FloatVector a = load(x, xo + i);
      FloatVector b = load(x, xo + half + i);
      FloatVector cos = load(table, co + i);
      FloatVector sin = load(table, co + half + i).mul(sign);
      store(a.mul(cos).sub(b.mul(sin)), x, xo + i);
      store(b.mul(cos).add(a.mul(sin)), x, xo + half + i);
    }
    if (i < half) {
      VectorMask<Float> m = tail(i, half);
      FloatVector a = load(x, xo + i, m);
      FloatVector b = load(x, xo + half + i, m);
      FloatVector cos = load(table, co + i, m);
      FloatVector sin = load(table, co + half + i, m).mul(sign);
      store(a.mul(cos).sub(b.mul(sin)), x, xo + i, m);
      store(b.mul(cos).add(a.mul(sin)), x, xo + half + i, m);
    }
  }
}
