package dev.troupe.coordinator.state;

import dev.troupe.proto.message.RankTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How busy the ranks of a mesh are with a step, as a moving average of each, and who lags behind.
 *
 * <p>A rank is a straggler once its average has been more than {@link #FACTOR} times the median of
 * all for {@link #PATIENCE} steps in a row. The first {@link #WARM_UP} steps of a mesh do not
 * count, nor do its first {@link #WARM_UP_SECONDS}, in which the code of new processes is compiled;
 * and one step alone moves an average by no more than {@link #MOST} times of it allow.
 *
 * @param steps steps of this mesh so far
 * @param began when the first of them was committed, in nanoseconds
 * @param seconds the moving average, by rank
 * @param slow for how many steps in a row a rank has been slow; only those that were
 */
record Pace(
    int steps, long began, SortedMap<Integer, Double> seconds, SortedMap<Integer, Integer> slow) {
  static final double FACTOR = 1.6;
  static final int PATIENCE = 8;
  static final int WARM_UP = 8;
  static final double WARM_UP_SECONDS = 5;
  static final double MOST = 2.5;
  private static final double NEWEST = 0.2;

  /** Below it a difference is the scheduler's. */
  private static final double LEAST_SECONDS = 0.002;

  Pace {
    seconds = new TreeMap<>(seconds);
    slow = new TreeMap<>(slow);
  }

  static Pace none() {
    return new Pace(0, 0, new TreeMap<>(), new TreeMap<>());
  }

  /** A rank that has just been found to lag. */
  record Straggler(int rank, double ratio) {}

  /**
   * With the times of one more step.
   *
   * @param now when it was committed, in nanoseconds
   */
  Pace plus(List<RankTime> times, long now) {
    long first = steps == 0 ? now : began;
    if (steps < WARM_UP || (now - first) * 1e-9 < WARM_UP_SECONDS || times.isEmpty()) {
      return new Pace(steps + 1, first, seconds, slow);
    }
    TreeMap<Integer, Double> next = new TreeMap<>(seconds);
    for (RankTime time : times) {
      next.merge(time.rank(), time.seconds(), Pace::average);
    }
    double median = median(next);
    TreeMap<Integer, Integer> late = new TreeMap<>();
    next.forEach(
        (rank, busy) -> {
          if (busy > FACTOR * median && busy - median > LEAST_SECONDS) {
            late.put(rank, slow.getOrDefault(rank, 0) + 1);
          }
        });
    return new Pace(steps + 1, first, next, late);
  }

  private static double average(double before, double now) {
    return before + NEWEST * (Math.min(now, MOST * before) - before);
  }

  /** Those who have now lagged long enough to be named; each is named once while it lags. */
  List<Straggler> stragglers() {
    double median = median(seconds);
    List<Straggler> found = new ArrayList<>();
    slow.forEach(
        (rank, count) -> {
          if (count == PATIENCE) {
            found.add(new Straggler(rank, Objects.requireNonNull(seconds.get(rank)) / median));
          }
        });
    return found;
  }

  private static double median(SortedMap<Integer, Double> values) {
    double[] sorted = values.values().stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[(sorted.length - 1) / 2];
  }
}
