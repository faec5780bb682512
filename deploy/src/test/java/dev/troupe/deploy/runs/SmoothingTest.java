package dev.troupe.deploy.runs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class SmoothingTest {
  @Test
  void meansTrail() {
    assertArrayEquals(
        new double[] {2, 3, 5, 7}, Smoothing.trailing(new double[] {2, 4, 6, 8}, 2), 1e-12);
    assertArrayEquals(new double[] {2, 4}, Smoothing.trailing(new double[] {2, 4}, 1), 0);
  }

  @Test
  void whatIsNotFiniteIsLeftOut() {
    assertArrayEquals(
        new double[] {1, 1, Double.NaN, 5},
        Smoothing.trailing(new double[] {1, Double.NaN, Double.POSITIVE_INFINITY, 5}, 2),
        1e-12);
  }
}
