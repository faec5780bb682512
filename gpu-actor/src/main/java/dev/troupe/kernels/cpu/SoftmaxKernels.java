package dev.troupe.kernels.cpu;

import static dev.troupe.kernels.cpu.VectorMath.WIDTH;
import static dev.troupe.kernels.cpu.VectorMath.all;
import static dev.troupe.kernels.cpu.VectorMath.exp;
import static dev.troupe.kernels.cpu.VectorMath.load;
import static dev.troupe.kernels.cpu.VectorMath.store;
import static dev.troupe.kernels.cpu.VectorMath.tail;
import static dev.troupe.kernels.cpu.VectorMath.zero;
import static jdk.incubator.vector.VectorOperators.MAX;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** Row operations of softmax. Indices count floats. */
final class SoftmaxKernels {
  private SoftmaxKernels() {}

  /** Greatest of n values; -inf where n is 0. */
  static float max(MemorySegment x, long xo, int n) {
    FloatVector a = all(Float.NEGATIVE_INFINITY);
    FloatVector b = a;
    int i = 0;
    for (; i + 2 * WIDTH <= n; i += 2 * WIDTH) {
      a = a.max(load(x, xo + i));
      b = b.max(load(x, xo + i + WIDTH));
    }
    for (; i + WIDTH <= n; i += WIDTH) {
      a = a.max(load(x, xo + i));
    }
    if (i < n) {
      VectorMask<Float> m = tail(i, n);
      b = b.lanewise(MAX, load(x, xo + i, m), m);
    }
    return a.max(b).reduceLanes(MAX);
  }

  /** x = exp(x * scale + shift) for the first n values, zero up to {@code width}; returns the sum. */
  static float expSum(MemorySegment x, long xo, int n, int width, float scale, float shift) {
    FloatVector sc = all(scale);
    FloatVector sh = all(shift);
    FloatVector sum = zero();
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
      FloatVector e = exp(load(x, xo + i).fma(sc, sh));
      sum = sum.add(e);
      store(e, x, xo + i);
    }
    if (i < n) {
      VectorMask<Float> m = tail(i, n);
      FloatVector e = zero().blend(exp(load(x, xo + i, m).fma(sc, sh)), m);
      sum = sum.add(e);
      store(e, x, xo + i, tail(i, width));
      i += WIDTH;
    }
    fillZero(x, xo, i, width);
    return VectorMath.sum(sum);
  }

  /** ds = p * (dp - delta) * scale; ds may be dp. Zero where p is. */
  static void backward(
      MemorySegment ds, long so, MemorySegment p, long po, float delta, float scale, int n) {
    FloatVector d = all(delta);
    FloatVector k = all(scale);
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
      store(load(ds, so + i).sub(d).mul(load(p, po + i)).mul(k), ds, so + i);
    }
    if (i < n) {
      VectorMask<Float> m = tail(i, n);
      store(load(ds, so + i, m).sub(d).mul(load(p, po + i, m)).mul(k), ds, so + i, m);
    }
  }

  /** x *= factor. */
  static void scale(MemorySegment x, long xo, int n, float factor) {
    FloatVector k = all(factor);
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
      store(load(x, xo + i).mul(k), x, xo + i);
    }
    if (i < n) {
      VectorMask<Float> m = tail(i, n);
      store(load(x, xo + i, m).mul(k), x, xo + i, m);
    }
  }

  private static void fillZero(MemorySegment x, long xo, int from, int to) {
    int i = from;
    for (; i + WIDTH <= to; i += WIDTH) {
      store(zero(), x, xo + i);
    }
    if (i < to) {
      store(zero(), x, xo + i, tail(i, to));
    }
  }
}
