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
   * Prepares the values {@code [from, to)} of a row for {@link #max} and {@link #expSum}: fills up
   * the vectors that they begin and end in with -inf, so that their loops need no masked ends
   * (which are slow). The row must have memory for that.
   */
  static void pad(MemorySegment x, long xo, int from, int to) {
    int tail = to & -WIDTH;
    if (tail < to) {
      FloatVector last = load(x, xo + tail);
      store(all(Float.NEGATIVE_INFINITY).blend(last, tail(tail, to)), x, xo + tail);
    }
    int head = from & -WIDTH;
    if (head < from) {
      FloatVector first = load(x, xo + head);
      store(first.blend(all(Float.NEGATIVE_INFINITY), tail(head, from)), x, xo + head);
    }
  }

  /** Greatest of the values {@code [from, to)} of a padded row; -inf where there are none. */
  static float max(MemorySegment x, long xo, int from, int to) {
    FloatVector a = all(Float.NEGATIVE_INFINITY);
    for (int i = from & -WIDTH; i < to; i += WIDTH) {
      a = a.max(load(x, xo + i));
    }
    return a.reduceLanes(MAX);
  }

  /**
   * x = exp(x * scale + shift) for the values {@code [from, to)} of a padded row, zero before them
   * and up to {@code width} rounded up to whole vectors; returns the sum.
   */
  static float expSum(
      MemorySegment x, long xo, int from, int to, int width, float scale, float shift) {
    FloatVector sc = all(scale);
    FloatVector sh = all(shift);
    FloatVector sum = zero();
    int i = 0;
    for (; i + WIDTH <= from; i += WIDTH) {
      store(zero(), x, xo + i);
    }
    for (; i < to; i += WIDTH) {
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
