package dev.troupe.kernels.cpu;

import static dev.troupe.kernels.cpu.VectorMath.WIDTH;
import static dev.troupe.kernels.cpu.VectorMath.all;
import static dev.troupe.kernels.cpu.VectorMath.load;
import static dev.troupe.kernels.cpu.VectorMath.store;
import static dev.troupe.kernels.cpu.VectorMath.tail;

import dev.troupe.kernels.AdamFactors;
import dev.troupe.kernels.AdamStep;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** AdamW over a flat range. Indices count floats. */
final class OptimizerKernels {
  private final FloatVector beta1;
  private final FloatVector beta2;
  private final FloatVector oneMinusBeta1;
  private final FloatVector oneMinusBeta2;
  private final FloatVector gradScale;
  private final FloatVector keep;
  private final FloatVector rate;
  private final FloatVector rootScale;
  private final FloatVector eps;

  /** Prepares the scalars of a step. */
  OptimizerKernels(AdamStep step) {
    AdamFactors f = AdamFactors.of(step);
    beta1 = all(f.beta1());
    beta2 = all(f.beta2());
    oneMinusBeta1 = all(f.rest1());
    oneMinusBeta2 = all(f.rest2());
    gradScale = all(f.gradScale());
    keep = all(f.keep());
    rate = all(f.rate());
    rootScale = all(f.rootScale());
    eps = all(f.eps());
  }

  void run(
      MemorySegment w,
      long wo,
      MemorySegment m,
      long mo,
      MemorySegment v,
      long vo,
      MemorySegment g,
      long go,
      int n) {
    int i = 0;
    for (; i + WIDTH <= n; i += WIDTH) {
      FloatVector gv = load(g, go + i).mul(gradScale);
      FloatVector mv = load(m, mo + i).mul(beta1).add(gv.mul(oneMinusBeta1));
      FloatVector vv = load(v, vo + i).mul(beta2).add(gv.mul(gv).mul(oneMinusBeta2));
      store(mv, m, mo + i);
      store(vv, v, vo + i);
      store(updated(load(w, wo + i), mv, vv), w, wo + i);
    }
    if (i < n) {
      VectorMask<Float> t = tail(i, n);
      FloatVector gv = load(g, go + i, t).mul(gradScale);
      FloatVector mv = load(m, mo + i, t).mul(beta1).add(gv.mul(oneMinusBeta1));
      FloatVector vv = load(v, vo + i, t).mul(beta2).add(gv.mul(gv).mul(oneMinusBeta2));
      store(mv, m, mo + i, t);
      store(vv, v, vo + i, t);
      store(updated(load(w, wo + i, t), mv, vv), w, wo + i, t);
    }
  }

  private FloatVector updated(FloatVector w, FloatVector m, FloatVector v) {
    return w.mul(keep).sub(m.mul(rate).div(v.sqrt().mul(rootScale).add(eps)));
  }
}
