package dev.troupe.eval;

import java.util.List;

/**
 * How well a model predicts each source of a blend and the blend itself: an endless text whose
 * tokens come from the sources in proportion to their weights.
 *
 * @param parts the sources, at least one
 */
public record BlendLoss(List<Part> parts) {
  /**
   * A source.
   *
   * @param weight its share of the tokens, in proportion to the others'
   * @param text what was measured of it
   */
  public record Part(double weight, TextLoss text) {}

  /** Checks that there is a source. */
  public BlendLoss {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a blend of nothing");
    }
  }

  /** Mean cross-entropy in nats a token of the blend. */
  public double loss() {
    return mean(parts.stream().mapToDouble(part -> part.weight() * part.text().loss()).toArray());
  }

  /** {@code exp(loss)}. */
  public double perplexity() {
    return Math.exp(loss());
  }

  /** Bits a byte of the blend's text. */
  public double bitsPerByte() {
    double bytesPerToken =
        mean(
            parts.stream()
                .mapToDouble(part -> part.weight() * part.text().bytes() / part.text().tokens())
                .toArray());
    return loss() / Math.log(2) / bytesPerToken;
  }

  private double mean(double[] weighted) {
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < weighted.length; i++) {
      sum += weighted[i];
      weights += parts.get(i).weight();
    }
    return sum / weights;
  }
}
