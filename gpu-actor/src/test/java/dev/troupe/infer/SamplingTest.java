package dev.troupe.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
      counts[sampling.choose(LOGITS, LOGITS.length, random)]++;
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
    assertEquals(1, new Sampling(0, 0, 1).choose(new float[] {-4, -1, -1, -2}, 4, random));
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
      assertEquals(
          sampling.choose(LOGITS, LOGITS.length, a), sampling.choose(LOGITS, LOGITS.length, b));
    }
  }

  @ParameterizedTest
  @CsvSource({"-0.1,0,1", "NaN,0,1", "1,-1,1", "1,0,0", "1,0,1.1", "1,0,NaN"})
  void refusesValuesOutOfRange(double temperature, int topK, double topP) {
    assertThrows(IllegalArgumentException.class, () -> new Sampling(temperature, topK, topP));
  }

  @Test
  void idsThatAreNotKnownAreNeverChosen() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100; i++) {
      assertTrue(new Sampling(1e6, 0, 1).choose(LOGITS, 1, random) < 1);
    }
    assertEquals(0, new Sampling(0, 0, 1).choose(LOGITS, 1, random));
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void logitsThatAreNoNumbersAreAnErrorOfTheModel(float bad) {
    float[] logits = {bad, bad};
    for (double temperature : new double[] {0, 1}) {
      TroupeException refused =
          assertThrows(
              TroupeException.class,
              () -> new Sampling(temperature, 0, 1).choose(logits, 2, new SplittableRandom(1)));
      assertEquals(Category.DATA, refused.category());
    }
  }

  @ParameterizedTest
  @CsvSource({"1,0,1", "0.7,0,0.9", "1,40,1", "1.3,100,0.5", "5,0,0.999", "0.01,0,0.95"})
  void choosesWhatAFullSortWouldChoose(double temperature, int topK, double topP) {
    Sampling sampling = new Sampling(temperature, topK, topP);
    SplittableRandom values = new SplittableRandom(3);
    for (int round = 0; round < 50; round++) {
      float[] logits = new float[1 + values.nextInt(3000)];
      for (int i = 0; i < logits.length; i++) {
        // Coarse, so that there are equal ones.
        logits[i] = Math.round(20 * values.nextGaussian()) / 8f;
      }
      SplittableRandom a = new SplittableRandom(round);
      SplittableRandom b = new SplittableRandom(round);
      for (int draw = 0; draw < 20; draw++) {
        assertEquals(sorted(sampling, logits, a), sampling.choose(logits, logits.length, b), "id");
      }
    }
  }

  /** The same choice from a list in descending order. */
  private static int sorted(Sampling sampling, float[] logits, SplittableRandom random) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < logits.length; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> -logits[i]));
    int candidates = sampling.topK() == 0 ? order.size() : Math.min(sampling.topK(), order.size());
    double[] weights = new double[candidates];
    double total = 0;
    for (int i = 0; i < candidates; i++) {
      weights[i] =
          Math.exp((logits[order.get(i)] - logits[order.getFirst()]) / sampling.temperature());
      total += weights[i];
    }
    int kept = 0;
    double mass = 0;
    while (kept < candidates && mass < sampling.topP() * total) {
      mass += weights[kept++];
    }
    double at = random.nextDouble() * mass;
    int chosen = 0;
    while (chosen < kept - 1 && at >= weights[chosen]) {
      at -= weights[chosen++];
    }
    return order.get(chosen);
  }
}
