package dev.troupe.eval;

import java.util.List;

/**
 * How well a model predicts a text.
 *
 * @param name the text's
 * @param tokens how many were scored
 * @param bytes UTF-8 bytes that they stand for
 * @param nats the sum of their losses
 */
public record TextLoss(String name, long tokens, long bytes, double nats) {
  /** Checks that there is something to divide by. */
  public TextLoss {
    if (tokens < 1 || bytes < 0) {
      throw new IllegalArgumentException("%d tokens, %d bytes".formatted(tokens, bytes));
    }
  }

  /** Several texts as one. */
  public static TextLoss sum(String name, List<TextLoss> texts) {
    return new TextLoss(
        name,
        texts.stream().mapToLong(TextLoss::tokens).sum(),
        texts.stream().mapToLong(TextLoss::bytes).sum(),
        texts.stream().mapToDouble(TextLoss::nats).reduce(0, Double::sum));
  }

  /** Mean cross-entropy in nats a token. */
  public double loss() {
    return nats / tokens;
  }

  /** {@code exp(loss)}. */
  public double perplexity() {
    return Math.exp(loss());
  }

  /**
   * Bits a byte of UTF-8, which does not depend on the tokenizer (Gao et al., "The Pile", 2020,
   * section 3.1; {@code bits_per_byte} of lm-evaluation-harness). Infinite where no scored token
   * stands for text.
   */
  public double bitsPerByte() {
    return nats / Math.log(2) / bytes;
  }
}
