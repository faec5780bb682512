package dev.troupe.kernels.cpu;

import static dev.troupe.kernels.cpu.VectorMath.WIDTH;
import static dev.troupe.kernels.cpu.VectorMath.load;
import static dev.troupe.kernels.cpu.VectorMath.sigmoid;
import static dev.troupe.kernels.cpu.VectorMath.store;
import static dev.troupe.kernels.cpu.VectorMath.tail;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** SwiGLU of one row: gate and up stand side by side, f wide each. Indices count floats. */
final class SwigluKernels {
  private SwigluKernels() {}

  /** y = gate * sigmoid(gate) * up. */
  static void forward(MemorySegment y, long yo, MemorySegment gu, long go, int f) {
    int i = 0;
    for (; i + WIDTH <= f; i += WIDTH) {
      FloatVector g = load(gu, go + i);
      store(g.mul(sigmoid(g)).mul(load(gu, go + f + i)), y, yo + i);
    }
    if (i < f) {
      VectorMask<Float> m = tail(i, f);
      FloatVector g = load(gu, go + i, m);
      store(g.mul(sigmoid(g)).mul(load(gu, go + f + i, m)), y, yo + i, m);
    }
  }

  /** dGate = dy * up * s * (1 + gate * (1 - s)), dUp = dy * gate * s with s = sigmoid(gate). */
  static void backward(
      MemorySegment dgu, long dgo, MemorySegment dy, long dyo, MemorySegment gu, long go, int f) {
    int i = 0;
    for (; i + WIDTH <= f; i += WIDTH) {
      FloatVector g = load(gu, go + i);
      FloatVector u = load(gu, go + f + i);
      FloatVector d = load(dy, dyo + i);
      FloatVector s = sigmoid(g);
      FloatVector gs = g.mul(s);
      store(d.mul(gs), dgu, dgo + f + i);
      store(d.mul(u).mul(s.add(gs).sub(gs.mul(s))), dgu, dgo + i);
    }
    if (i < f) {
      VectorMask<Float> m = tail(i, f);
      FloatVector g = load(gu, go + i, m);
      FloatVector u = load(gu, go + f + i, m);
      FloatVector d = load(dy, dyo + i, m);
      FloatVector s = sigmoid(g);
      FloatVector gs = g.mul(s);
      store(d.mul(gs), dgu, dgo + f + i, m);
      store(d.mul(u).mul(s.add(gs).sub(gs.mul(s))), dgu, dgo + i, m);
    }
  }
}
