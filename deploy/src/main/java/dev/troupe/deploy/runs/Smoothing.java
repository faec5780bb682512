package dev.troupe.deploy.runs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Trailing means, which take the noise of single steps out of a curve. */
final class Smoothing {
  private Smoothing() {}

  /**
   * The mean of each value and the ones before it, {@code count} in all, or as many as there are.
   * Values that are not finite are left out of means; a mean of none is NaN.
   */
  static double[] trailing(double[] values, int count) {
    double[] means = new double[values.length];
    double sum = 0;
    int finite = 0;
    for (int i = 0; i < values.length; i++) {
      if (Double.isFinite(values[i])) {
        sum += values[i];
        finite++;
      }
      if (i >= count && Double.isFinite(values[i - count])) {
        sum -= values[i - count];
        finite--;
      }
      means[i] = finite == 0 ? Double.NaN : sum / finite;
    }
    return means;
  }

  /** Smoothed losses by step. */
  static Map<Long, Double> byStep(List<StepLine> steps, int count) {
    double[] means = trailing(steps.stream().mapToDouble(StepLine::loss).toArray(), count);
    Map<Long, Double> losses = new HashMap<>();
    for (int i = 0; i < means.length; i++) {
      losses.put(steps.get(i).step(), means[i]);
    }
    return losses;
  }
}
