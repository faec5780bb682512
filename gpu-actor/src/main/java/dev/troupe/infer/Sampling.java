package dev.troupe.infer;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;

/**
 * How the next token is chosen from logits.
 *
 * @param temperature divides the logits; 0 takes the most likely token
 * @param topK only the k most likely tokens; 0 for all
 * @param topP only the most likely tokens that together reach this probability (Holtzman et al.
 *     2020); 1 for all
 */
public record Sampling(double temperature, int topK, double topP) {
  /** Checks the ranges. */
  public Sampling {
    if (!(temperature >= 0) || topK < 0 || !(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException(
          "temperature %s must be >= 0, top-k %s >= 0, top-p %s in (0, 1]"
              .formatted(temperature, topK, topP));
    }
  }

  /** Chooses a token id; equal random states and logits give equal tokens. */
  public int choose(float[] logits, SplittableRandom random) {
    Integer[] order = new Integer[logits.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble((Integer i) -> -logits[i]));
    if (temperature == 0) {
      return order[0];
    }
    int candidates = topK == 0 ? order.length : Math.min(topK, order.length);
    double[] weights = new double[candidates];
    double total = 0;
    for (int i = 0; i < candidates; i++) {
      weights[i] = Math.exp((logits[order[i]] - logits[order[0]]) / temperature);
      total += weights[i];
    }
    int kept = 0;
    double mass = 0;
    while (kept < candidates && mass < topP * total) {
      mass += weights[kept++];
    }
    double at = random.nextDouble() * mass;
    int chosen = 0;
    while (chosen < kept - 1 && at >= weights[chosen]) {
      at -= weights[chosen++];
    }
    return order[chosen];
  }
}
