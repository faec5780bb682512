package dev.troupe.data.random;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SplitMix64Test {
  @Test
  void shouldGiveTheNumbersOfSplittableRandom() {
    SplittableRandom reference = new SplittableRandom(99);
    SplitMix64 random = new SplitMix64(99);
    for (int i = 0; i < 100; i++) {
      assertEquals(reference.nextLong(), random.nextLong());
    }
  }

  @Test
  void boundedNumbersCoverTheirRange() {
    SplitMix64 random = new SplitMix64(5);
    int seen = 0;
    for (int i = 0; i < 200; i++) {
      int n = random.nextInt(7);
      assertTrue(n >= 0 && n < 7);
      seen |= 1 << n;
    }
    assertEquals(0b111_1111, seen);
  }
}
