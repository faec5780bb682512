package dev.troupe.deploy.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How often durations fell between fixed bounds, in seconds.
 *
 * @param counts by bound of {@link #BOUNDS}, not cumulative; the last one counts what is above all
 * @param sum of all durations
 */
public record Histogram(List<Long> counts, double sum) {
  /** Upper bounds, inclusive: 1, 2.5 and 5 of each power of ten from a millisecond to 500 s. */
  public static final List<Double> BOUNDS =
      List.of(
          0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0, 50.0,
          100.0, 250.0, 500.0);

  static final Histogram EMPTY = new Histogram(Collections.nCopies(BOUNDS.size() + 1, 0L), 0);

  /** Copies the list and checks its size. */
  public Histogram {
    counts = List.copyOf(counts);
    if (counts.size() != BOUNDS.size() + 1) {
      throw new IllegalArgumentException(counts.size() + " counts for " + BOUNDS.size());
    }
  }

  /** This one with a duration more. */
  Histogram plus(double seconds) {
    int bucket = 0;
    while (bucket < BOUNDS.size() && seconds > BOUNDS.get(bucket)) {
      bucket++;
    }
    List<Long> more = new ArrayList<>(counts);
    more.set(bucket, more.get(bucket) + 1);
    return new Histogram(more, sum + seconds);
  }

  /** Number of durations. */
  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }
}
