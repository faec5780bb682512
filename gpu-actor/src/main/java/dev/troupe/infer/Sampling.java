package dev.troupe.infer;

import dev.troupe.proto.error.TroupeException;
import java.util.SplittableRandom;

/**
 * How the next token is chosen from logits.
 *
 * @param temperature divides the logits; 0 takes the most likely token
 * @param topK only the k most likely tokens; 0 for all
 * @param topP only the most likely tokens that together reach this probability (Holtzman et al.
 *     2020) among those that top-k leaves; 1 for all
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

  /**
   * Chooses one of the ids {@code [0, known)}; equal random states and logits give equal ids. Of
   * equally likely ids, the smaller counts as the likelier. One random number is drawn, none at
   * temperature 0.
   *
   * @throws TroupeException of category data where the logits are not numbers
   */
  public int choose(float[] logits, int known, SplittableRandom random) {
    int likeliest = likeliest(logits, known);
    if (temperature == 0) {
      return likeliest;
    }
    Ranking ranking = new Ranking(logits, known);
    int candidates = known;
    if (topK > 0 && topK < known) {
      candidates = ranking.reach(known, topK, id -> 1);
    }
    double[] weights = new double[known];
    for (int i = 0; i < candidates; i++) {
      int id = ranking.id(i);
      weights[id] = Math.exp((logits[id] - logits[likeliest]) / temperature);
    }
    int kept = candidates;
    if (topP < 1) {
      double enough = topP * mass(ranking, weights, candidates);
      kept = ranking.reach(candidates, enough, id -> weights[id]);
    }
    double at = random.nextDouble() * mass(ranking, weights, kept);
    return ranking.id(ranking.reach(kept, at, id -> weights[id]) - 1);
  }

  private static double mass(Ranking ranking, double[] weights, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[ranking.id(i)];
    }
    return sum;
  }

  private static int likeliest(float[] logits, int known) {
    int best = 0;
    float most = Float.NEGATIVE_INFINITY;
    for (int id = 0; id < known; id++) {
      if (logits[id] > most) {
        most = logits[id];
        best = id;
      }
    }
    if (!Float.isFinite(most)) {
      throw TroupeException.data(
          "the model gives no numbers as logits: its weights are damaged or its training diverged;"
              + " use another checkpoint");
    }
    return best;
  }
}
