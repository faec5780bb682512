package dev.troupe.deploy.job;

import java.util.Locale;

/** How far a piece of work is, how quick it is and how long it still takes, in a line. */
final class ProgressLine {
  private static final double SHORTEST = 1e-9;

  private ProgressLine() {}

  /**
   * The line, without its end.
   *
   * @param unit plural
   * @param seconds since it began
   */
  static String of(String what, long done, long total, String unit, double seconds) {
    double perSecond = done / Math.max(SHORTEST, seconds);
    return String.format(
        Locale.ROOT,
        "  %s: %,d of %,d %s (%.0f%%), %,.0f/s, %,.0f s left",
        what,
        done,
        total,
        unit,
        total == 0 ? 100.0 : 100.0 * done / total,
        perSecond,
        Math.max(0, total - done) / Math.max(SHORTEST, perSecond));
  }
}
