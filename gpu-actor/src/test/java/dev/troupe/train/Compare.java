package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Comparisons with an oracle. */
final class Compare {
  private Compare() {}

  /** Asserts ||a - b|| <= tolerance * ||b||. */
  static void norm(String what, float[] expected, float[] actual, double tolerance) {
    assertEquals(expected.length, actual.length, what);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(actual[i] - (double) expected[i], 2);
      size += Math.pow(expected[i], 2);
    }
    double error = Math.sqrt(difference / Math.max(size, 1e-30));
    assertTrue(
        error <= tolerance,
        () -> "%s: relative error %.3g > %.3g".formatted(what, error, tolerance));
  }

  static void relative(String what, double expected, double actual, double tolerance) {
    double error = Math.abs(actual - expected) / Math.abs(expected);
    assertTrue(
        error <= tolerance,
        () ->
            "%s: %.9g against %.9g, relative error %.3g".formatted(what, actual, expected, error));
  }
}
