package dev.troupe.eval;

import java.util.List;

/**
 * What a model achieves in a multiple-choice task: {@code acc} and {@code acc_norm} of
 * lm-evaluation-harness.
 *
 * @param name the task's
 * @param shots how many solved questions came before each
 * @param cut how many questions lost the beginning of their context
 * @param items the answers, in the order of the questions
 */
public record TaskScore(String name, int shots, int cut, List<ChoiceScore> items) {
  /**
   * A share of right answers.
   *
   * @param mean the share
   * @param standardError of the mean, from the sample's standard deviation; not a number for one
   *     question
   */
  public record Accuracy(double mean, double standardError) {
    private static Accuracy of(long right, int of) {
      double mean = (double) right / of;
      return new Accuracy(mean, Math.sqrt(mean * (1 - mean) / (of - 1)));
    }
  }

  /** Checks that there is a question. */
  public TaskScore {
    items = List.copyOf(items);
    if (items.isEmpty()) {
      throw new IllegalArgumentException(name + " has no question");
    }
  }

  /** By the likelihood of the whole choice. */
  public Accuracy accuracy() {
    return Accuracy.of(items.stream().filter(ChoiceScore::right).count(), items.size());
  }

  /** By the likelihood a character of the choice. */
  public Accuracy accuracyByLength() {
    return Accuracy.of(items.stream().filter(ChoiceScore::rightByLength).count(), items.size());
  }
}
