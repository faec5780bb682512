package dev.troupe.deploy.api;

import java.util.Arrays;

/** The median of the latest values: one slow step among them does not move it. One thread. */
final class MovingMedian {
  private final double[] latest;
  private long added;

  MovingMedian(int window) {
    this.latest = new double[window];
  }

  /** Adds a value and returns the median with it; of an even number, the mean of the middle two. */
  double add(double value) {
    latest[(int) (added++ % latest.length)] = value;
    int size = (int) Math.min(added, latest.length);
    double[] sorted = Arrays.copyOf(latest, size);
    Arrays.sort(sorted);
    return size % 2 == 1 ? sorted[size / 2] : (sorted[size / 2 - 1] + sorted[size / 2]) / 2;
  }
}
