package dev.troupe.deploy.report;

/** Remaining time, from a running mean of the steps' times that forgets the slow first ones. */
final class Eta {
  private static final double WEIGHT_OF_LATEST = 0.05;

  private double mean = Double.NaN;
  private long steps;

  void add(double seconds) {
    steps++;
    // A plain mean at first, so that one step does not decide; the very first is warm-up.
    double weight = steps <= 2 ? 1 : Math.max(WEIGHT_OF_LATEST, 1.0 / (steps - 1));
    mean = Double.isNaN(mean) ? seconds : mean + weight * (seconds - mean);
  }

  double secondsFor(long remainingSteps) {
    return Double.isNaN(mean) ? 0 : mean * remainingSteps;
  }
}
