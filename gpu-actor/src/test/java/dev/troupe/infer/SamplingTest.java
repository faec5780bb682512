package dev.troupe.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingTest {
  private static final int DRAWS = 20_000;

  /** Probabilities 0.1, 0.5, 0.15, 0.25. */
  private static final float[] LOGITS = {log(0.1), log(0.5), log(0.15), log(0.25)};

  private static float log(double p) {
    return (float) Math.log(p) + 3;
  }

  private static int[] counts(Sampling sampling) {
    SplittableRandom random = new SplittableRandom(1);
    int[] counts = new int[LOGITS.length];
    for (int i = 0; i < DRAWS; i++) {
      counts[sampling.choose(LOGITS, random)]++;
    }
    return counts;
  }

  private static Set<Integer> chosen(Sampling sampling) {
    Set<Integer> chosen = new TreeSet<>();
    int[] counts = counts(sampling);
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        chosen.add(i);
      }
    }
    return chosen;
  }

  @Test
  void temperatureZeroTakesTheMostLikelyAndOfEqualsTheFirst() {
    SplittableRandom random = new SplittableRandom(1);
    assertEquals(Set.of(1), chosen(new Sampling(0, 0, 1)));
    assertEquals(1, new Sampling(0, 0, 1).choose(new float[] {-4, -1, -1, -2}, random));
  }

  @Test
  void topKKeepsTheMostLikely() {
    assertEquals(Set.of(1), chosen(new Sampling(1, 1, 1)));
    assertEquals(Set.of(1, 3), chosen(new Sampling(1, 2, 1)));
    assertEquals(Set.of(1, 2, 3), chosen(new Sampling(1, 3, 1)));
    assertEquals(Set.of(0, 1, 2, 3), chosen(new Sampling(1, 9, 1)));
  }

  @Test
  void topPKeepsTheFewestThatReachIt() {
    assertEquals(Set.of(1), chosen(new Sampling(1, 0, 0.49)));
    assertEquals(Set.of(1, 3), chosen(new Sampling(1, 0, 0.51)));
    assertEquals(Set.of(1, 3), chosen(new Sampling(1, 0, 0.74)));
    assertEquals(Set.of(1, 2, 3), chosen(new Sampling(1, 0, 0.76)));
    assertEquals(Set.of(0, 1, 2, 3), chosen(new Sampling(1, 0, 1)));
  }

  @Test
  void topPIsAShareOfWhatTopKLeaves() {
    // Of 0.5 and 0.25, the first alone has two thirds.
    assertEquals(Set.of(1), chosen(new Sampling(1, 2, 0.66)));
    assertEquals(Set.of(1, 3), chosen(new Sampling(1, 2, 0.67)));
  }

  @ParameterizedTest
  @CsvSource({"1,0,1", "0.5,0,1", "2,0,1", "1,3,1", "1,0,0.8"})
  void drawsFollowTheProbabilities(double temperature, int topK, double topP) {
    Sampling sampling = new Sampling(temperature, topK, topP);
    Set<Integer> kept = chosen(sampling);
    double total = 0;
    for (int id : kept) {
      total += Math.exp(LOGITS[id] / temperature);
    }
    int[] counts = counts(sampling);
    for (int id : kept) {
      double p = Math.exp(LOGITS[id] / temperature) / total;
      double spread = Math.sqrt(p * (1 - p) / DRAWS);
      assertEquals(p, counts[id] / (double) DRAWS, 5 * spread, "id " + id);
    }
  }

  @Test
  void equalSeedsGiveEqualDraws() {
    Sampling sampling = new Sampling(1, 0, 1);
    SplittableRandom a = new SplittableRandom(7);
    SplittableRandom b = new SplittableRandom(7);
    for (int i = 0; i < 100; i++) {
      assertEquals(sampling.choose(LOGITS, a), sampling.choose(LOGITS, b));
    }
  }

  @ParameterizedTest
  @CsvSource({"-0.1,0,1", "NaN,0,1", "1,-1,1", "1,0,0", "1,0,1.1", "1,0,NaN"})
  void refusesValuesOutOfRange(double temperature, int topK, double topP) {
    assertThrows(IllegalArgumentException.class, () -> new Sampling(temperature, topK, topP));
  }
}
