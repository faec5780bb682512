package dev.troupe.kernels.cpu;

import static dev.troupe.kernels.cpu.VectorMath.WIDTH;
import static dev.troupe.kernels.cpu.VectorMath.all;
import static dev.troupe.kernels.cpu.VectorMath.load;
import static dev.troupe.kernels.cpu.VectorMath.store;
import static dev.troupe.kernels.cpu.VectorMath.tail;
import static dev.troupe.kernels.cpu.VectorMath.zero;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** RMSNorm of one row (Zhang and Sennrich 2019). Indices count floats; d is the row's width. */
final class NormKernels {
  private NormKernels() {}

  /** sum of x_i * y_i. */
  static float dot(MemorySegment x, long xo, MemorySegment y, long yo, int d) {
    FloatVector a = zero();
    FloatVector b = zero();
    int i = 0;
    for (; i + 2 * WIDTH <= d; i += 2 * WIDTH) {
      a = load(x, xo + i).fma(load(y, yo + i), a);
      b = load(x, xo + i + WIDTH).fma(load(y, yo + i + WIDTH), b);
    }
    for (; i + WIDTH <= d; i += WIDTH) {
      a = load(x, xo + i).fma(load(y, yo + i), a);
    }
    if (i < d) {
      VectorMask<Float> m = tail(i, d);
      b = load(x, xo + i, m).fma(load(y, yo + i, m), b);
    }
    return VectorMath.sum(a.add(b));
  }

  /** y = a + b. */
  static void add(
      MemorySegment y, long yo, MemorySegment a, long ao, MemorySegment b, long bo, int d) {
    int i = 0;
    for (; i + WIDTH <= d; i += WIDTH) {
      store(load(a, ao + i).add(load(b, bo + i)), y, yo + i);
    }
    if (i < d) {
      VectorMask<Float> m = tail(i, d);
      store(load(a, ao + i, m).add(load(b, bo + i, m)), y, yo + i, m);
    }
  }

  static float rstd(MemorySegment x, long xo, int d, float eps) {
    return (float) (1 / Math.sqrt(dot(x, xo, x, xo, d) / d + eps));
  }

  /** y = x * rstd * gain. */
  static void apply(
      MemorySegment y,
      long yo,
      MemorySegment x,
      long xo,
      float rstd,
      MemorySegment gain,
      long go,
      int d) {
    FloatVector s = all(rstd);
    int i = 0;
    for (; i + WIDTH <= d; i += WIDTH) {
      store(load(x, xo + i).mul(s).mul(load(gain, go + i)), y, yo + i);
    }
    if (i < d) {
      VectorMask<Float> m = tail(i, d);
      store(load(x, xo + i, m).mul(s).mul(load(gain, go + i, m)), y, yo + i, m);
    }
  }

  /** dGain += dy * x * rstd; returns sum of dy * gain * x. */
  static float backwardGain(
      MemorySegment dGain,
      MemorySegment dy,
      long dyo,
      MemorySegment x,
      long xo,
      float rstd,
      MemorySegment gain,
      long go,
      int d) {
    FloatVector c = zero();
    FloatVector s = all(rstd);
    int i = 0;
    for (; i + WIDTH <= d; i += WIDTH) {
      FloatVector xv = load(x, xo + i);
      FloatVector g = load(dy, dyo + i);
      c = g.mul(load(gain, go + i)).fma(xv, c);
      store(g.mul(xv).fma(s, load(dGain, i)), dGain, i);
    }
    if (i < d) {
      VectorMask<Float> m = tail(i, d);
      FloatVector xv = load(x, xo + i, m);
      FloatVector g = load(dy, dyo + i, m);
      c = g.mul(load(gain, go + i, m)).fma(xv, c);
      store(g.mul(xv).fma(s, load(dGain, i, m)), dGain, i, m);
    }
    return VectorMath.sum(c);
  }

  /** dx = (old dx) + dy * gain * rstd + x * k. */
  static void backwardInput(
      MemorySegment dx,
      long dxo,
      boolean add,
      MemorySegment dy,
      long dyo,
      MemorySegment x,
      long xo,
      float rstd,
      float k,
      MemorySegment gain,
      long go,
      int d) {
    FloatVector s = all(rstd);
    FloatVector kv = all(k);
    int i = 0;
    for (; i + WIDTH <= d; i += WIDTH) {
      FloatVector v = load(dy, dyo + i).mul(load(gain, go + i)).mul(s);
      v = load(x, xo + i).fma(kv, v);
      store(add ? v.add(load(dx, dxo + i)) : v, dx, dxo + i);
    }
    if (i < d) {
      VectorMask<Float> m = tail(i, d);
      FloatVector v = load(dy, dyo + i, m).mul(load(gain, go + i, m)).mul(s);
      v = load(x, xo + i, m).fma(kv, v);
      store(add ? v.add(load(dx, dxo + i, m)) : v, dx, dxo + i, m);
    }
  }
}
