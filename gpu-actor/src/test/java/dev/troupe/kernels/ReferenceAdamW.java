package dev.troupe.kernels;

/**
 * AdamW in plain scalar float64, as Loshchilov and Hutter 2019 write it. Changes its matrices.
 *
 * @param weight weights
 * @param expAvg first moments
 * @param expAvgSq second moments
 */
public record ReferenceAdamW(Matrix weight, Matrix expAvg, Matrix expAvgSq) {

  /** Zero moments. */
  public static ReferenceAdamW start(Matrix weight) {
    return new ReferenceAdamW(
        weight.map(w -> w),
        Matrix.zeros(weight.rows(), weight.cols()),
        Matrix.zeros(weight.rows(), weight.cols()));
  }

  /** One step. */
  public void step(Matrix grad, AdamStep s) {
    for (int r = 0; r < weight.rows(); r++) {
      for (int c = 0; c < weight.cols(); c++) {
        double g = grad.at(r, c) * s.gradScale();
        double m = s.beta1() * expAvg.at(r, c) + (1 - s.beta1()) * g;
        double v = s.beta2() * expAvgSq.at(r, c) + (1 - s.beta2()) * g * g;
        expAvg.set(r, c, m);
        expAvgSq.set(r, c, v);
        double mHat = m / (1 - Math.pow(s.beta1(), s.step()));
        double vHat = v / (1 - Math.pow(s.beta2(), s.step()));
        double w = weight.at(r, c);
        double decayed = w - s.lr() * s.weightDecay() * w;
        weight.set(r, c, decayed - s.lr() * mHat / (Math.sqrt(vHat) + s.eps()));
      }
    }
  }
}
