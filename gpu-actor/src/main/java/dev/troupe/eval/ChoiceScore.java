package dev.troupe.eval;

/**
 * A model's answer to a question.
 *
 * @param item the question
 * @param logLikelihoods of each choice given the context, in nats; not to be changed
 */
public record ChoiceScore(ChoiceItem item, double[] logLikelihoods) {
  /** Checks that each choice has one. */
  public ChoiceScore {
    if (logLikelihoods.length != item.choices().size()) {
      throw new IllegalArgumentException(
          "%d log-likelihoods of %d choices"
              .formatted(logLikelihoods.length, item.choices().size()));
    }
  }

  /** Whether the right choice is the most likely; of equals the first counts. */
  public boolean right() {
    return largest(logLikelihoods) == item.answer();
  }

  /**
   * Whether the right choice is the most likely a character (code point) of its text, without the
   * space before it; of equals the first counts.
   */
  public boolean rightByLength() {
    double[] byLength = new double[logLikelihoods.length];
    for (int i = 0; i < byLength.length; i++) {
      String text = item.choices().get(i);
      byLength[i] = logLikelihoods[i] / text.codePointCount(0, text.length());
    }
    return largest(byLength) == item.answer();
  }

  private static int largest(double[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[largest]) {
        largest = i;
      }
    }
    return largest;
  }
}
