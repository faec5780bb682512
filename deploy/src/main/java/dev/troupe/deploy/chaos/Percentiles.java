package dev.troupe.deploy.chaos;

import java.util.List;

/**
 * Of a number of times.
 *
 * @param count how many
 * @param median the middle one; 0 where there is none
 * @param p95 the smallest that at least 95 % do not exceed
 * @param p99 the same for 99 %
 * @param max the largest
 */
record Percentiles(int count, double median, double p95, double p99, double max) {

  static Percentiles of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.isEmpty()
        ? new Percentiles(0, 0, 0, 0, 0)
        : new Percentiles(
            sorted.size(), at(sorted, 50), at(sorted, 95), at(sorted, 99), sorted.getLast());
  }

  /** The nearest rank. */
  private static double at(List<Double> sorted, int percent) {
    return sorted.get(Math.max(0, Math.ceilDiv(sorted.size() * percent, 100) - 1));
  }
}
