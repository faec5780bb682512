package dev.troupe.data.order;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BlendOrderTest {
  /** LLaMA's sampling proportions (Touvron et al., 2023, table 1), in percent. */
  private static final double[] LLAMA = {67, 15, 4.5, 4.5, 4.5, 2.5, 2};

  @Property(tries = 60)
  void isNeverFartherFromTheWeightsThanCanBePromised(
      @ForAll @Size(min = 2, max = 8) List<@IntRange(min = 1, max = 999) Integer> weights) {
    double[] given = weights.stream().mapToDouble(weight -> weight / 8.0).toArray();
    double bound = 1 - 1 / (2.0 * given.length - 2);
    BlendOrder order = BlendOrder.of(given);
    double all = Arrays.stream(given).sum();
    long[] taken = new long[given.length];
    for (int sample = 0; sample < 20_000; sample++) {
      int source = order.source(sample);
      assertEquals(taken[source], order.index(sample));
      taken[source]++;
      for (int i = 0; i < given.length; i++) {
        double due = given[i] / all * (sample + 1);
        assertTrue(
            Math.abs(taken[i] - due) <= bound + 1e-9,
            () -> "after sample " + Arrays.toString(taken));
      }
    }
    for (int i = 0; i < given.length; i++) {
      assertEquals(taken[i], order.count(i, 20_000));
    }
  }

  @Test
  void anyThousandSamplesAreWithinOnePercentOfLlamasTable() {
    BlendOrder order = BlendOrder.of(LLAMA);
    for (long first : new long[] {0, 1, 37, 123_456, 40_000_000_000L}) {
      for (int shift = 0; shift < 300; shift++) {
        long[] taken = new long[LLAMA.length];
        for (long sample = first + shift; sample < first + shift + 1000; sample++) {
          taken[order.source(sample)]++;
        }
        for (int i = 0; i < LLAMA.length; i++) {
          assertEquals(LLAMA[i] / 100, taken[i] / 1000.0, 0.01 * LLAMA[i] / 100 + 0.0015);
          assertEquals(LLAMA[i] / 100, taken[i] / 1000.0, 0.01);
        }
      }
    }
  }

  @Test
  void weightsWithoutAShortPeriodAreKeptToOneInAMillion() {
    double[] odd = {Math.PI, Math.E, 1e-3, 100.0 / 3};
    double all = Arrays.stream(odd).sum();
    BlendOrder order = BlendOrder.of(odd);
    long samples = 1L << 40;
    long counted = 0;
    for (int i = 0; i < odd.length; i++) {
      assertEquals(odd[i] / all, order.count(i, samples) / (double) samples, 1e-6);
      counted += order.count(i, samples);
    }
    assertEquals(samples, counted);
  }

  @Test
  void oneSourceIsTakenAlways() {
    BlendOrder order = BlendOrder.of(0.3);
    assertEquals(0, order.source(5));
    assertEquals(5, order.index(5));
    assertEquals(6, order.count(0, 6));
  }
}
