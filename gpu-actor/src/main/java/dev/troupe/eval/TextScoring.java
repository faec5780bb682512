package dev.troupe.eval;

import java.util.List;
import java.util.function.LongConsumer;

/** Measures texts. */
public final class TextScoring {
  private TextScoring() {}

  /**
   * Measures a text.
   *
   * @param rows as of {@link Scoring#run}
   * @param progress hears how many tokens are scored
   */
  public static TextLoss of(
      String name,
      TextPassages text,
      List<? extends LossModel> replicas,
      int rows,
      LongConsumer progress) {
    long bytes = text.bytes(); // first, so that tokens which are not known end it at once
    double[] nats = new double[1];
    long[] tokens = new long[1];
    Scoring.run(
        replicas,
        text,
        rows,
        (place, passage, sum) -> {
          nats[0] += sum;
          tokens[0] += passage.scored();
          progress.accept(tokens[0]);
        });
    return new TextLoss(name, tokens[0], bytes, nats[0]);
  }
}
