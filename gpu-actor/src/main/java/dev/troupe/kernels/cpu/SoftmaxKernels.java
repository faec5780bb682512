package dev.troupe.kernels.cpu;

import static dev.troupe.kernels.cpu.VectorMath.WIDTH;
import static dev.troupe.kernels.cpu.VectorMath.all;
import static dev.troupe.kernels.cpu.VectorMath.expOrZero;
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

  /**
   * Prepares a row of n values for {@link #max} and {@link #expSum}: fills it up with -inf to the
   * next whole vector, so that their loops need no masked tail (which is slow). The row must have
   * memory for that.
   */
  static void pad(MemorySegment x, long xo, int n) {
    int from = n & -WIDTH;
    if (from < n) {
      FloatVector last = load(x, xo + from);
      store(all(Float.NEGATIVE_INFINITY).blend(last, tail(from, n)), x, xo + from);
    }
  }

  /** Greatest of n values of a padded row; -inf where n is 0. */
  static float max(MemorySegment x, long xo, int n) {
    FloatVector a = all(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i += WIDTH) {
      a = a.max(load(x, xo + i));
    }
    return a.reduceLanes(MAX);
  }

  /**
   * x = exp(x * scale + shift) for the first n values of a padded row, zero up to {@code width}
   * rounded up to whole vectors; returns the sum.
   */
  static float expSum(MemorySegment x, long xo, int n, int width, float scale, float shift) {
    FloatVector sc = all(scale);
    FloatVector sh = all(shift);
    FloatVector sum = zero();
    int i = 0;
    for (; i < n; i += WIDTH) {
      FloatVector e = expOrZero(load(x, xo + i).fma(sc, sh));
      sum = sum.add(e);
      store(e, x, xo + i);
    }
    for (; i < width; i += WIDTH) {
      store(zero(), x, xo + i);
    }
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
}
