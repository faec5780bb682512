package dev.troupe.kernels;

/** The passes of the vocabulary-parallel cross-entropy in plain scalar float64. */
final class ReferenceLoss {
  private ReferenceLoss() {}

  static Matrix rowMax(Matrix logits, int valid) {
    Matrix max = Matrix.zeros(logits.rows(), 1);
    for (int r = 0; r < logits.rows(); r++) {
      double greatest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < valid; c++) {
        greatest = Math.max(greatest, logits.at(r, c));
      }
      max.set(r, 0, greatest);
    }
    return max;
  }

  static Matrix exps(Matrix logits, Matrix max, int valid) {
    Matrix exps = Matrix.zeros(logits.rows(), logits.cols());
    for (int r = 0; r < logits.rows(); r++) {
      for (int c = 0; c < valid; c++) {
        exps.set(r, c, Math.exp(logits.at(r, c) - max.at(r, 0)));
      }
    }
    return exps;
  }

  /** (2, n): sums of the exponentials, and the target's shifted logit where it is here. */
  static Matrix sums(Matrix logits, Matrix max, Matrix targets, int first, int valid) {
    Matrix exps = exps(logits, max, valid);
    Matrix sums = Matrix.zeros(2, logits.rows());
    for (int r = 0; r < logits.rows(); r++) {
      for (int c = 0; c < valid; c++) {
        sums.add(0, r, exps.at(r, c));
      }
      int target = (int) targets.at(r, 0) - first;
      if (target >= 0 && target < valid) {
        sums.set(1, r, logits.at(r, target) - max.at(r, 0));
      }
    }
    return sums;
  }

  static Matrix losses(Matrix sums) {
    return sums.rows(0, 1).zip(sums.rows(1, 1), (sum, logit) -> Math.log(sum) - logit).transposed();
  }

  static Matrix dLogits(Matrix exps, Matrix sums, Matrix targets, int first, double scale) {
    Matrix result = Matrix.zeros(exps.rows(), exps.cols());
    for (int r = 0; r < exps.rows(); r++) {
      for (int c = 0; c < exps.cols(); c++) {
        double hot = (int) targets.at(r, 0) - first == c ? 1 : 0;
        result.set(r, c, (exps.at(r, c) / sums.at(0, r) - hot) * scale);
      }
    }
    return result;
  }
}
