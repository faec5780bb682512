package dev.troupe.proto.spec;

/**
 * How Llama 3.1 stretches the rotary embedding: wavelengths longer than {@code originalMaxSeq /
 * lowFreqFactor} positions grow by {@code factor}, those shorter than {@code originalMaxSeq /
 * highFreqFactor} stay, and those between change over smoothly.
 *
 * @param factor growth of the long wavelengths, at least 1
 * @param lowFreqFactor greater than 0 and less than {@code highFreqFactor}
 * @param highFreqFactor greater than {@code lowFreqFactor}
 * @param originalMaxSeq positions that the model was trained for before
 */
public record RopeScaling(
    double factor, double lowFreqFactor, double highFreqFactor, int originalMaxSeq) {
  private static final String SECTION = "model.rope-scaling.";

  public RopeScaling {
    Require.between(1, Double.MAX_VALUE, SECTION + "factor", factor);
    Require.positive(SECTION + "low-freq-factor", lowFreqFactor);
    Require.positive(SECTION + "high-freq-factor", highFreqFactor);
    Require.atLeast(1, SECTION + "original-max-seq", originalMaxSeq);
    if (lowFreqFactor >= highFreqFactor) {
      throw new InvalidFieldException(
          "%slow-freq-factor = %s must be less than %shigh-freq-factor = %s"
              .formatted(SECTION, lowFreqFactor, SECTION, highFreqFactor),
          SECTION + "low-freq-factor",
          SECTION + "high-freq-factor");
    }
  }

  /** Llama 3.1's own. */
  public static RopeScaling llama31() {
    return new RopeScaling(8, 1, 4, 8192);
  }
}
