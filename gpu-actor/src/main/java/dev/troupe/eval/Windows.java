package dev.troupe.eval;

import java.util.Objects;

/**
 * How a long text is cut into windows that score each token once. The first window scores all it
 * has; each further one scores the next {@code stride} tokens, or what is left. So a scored token
 * has at least {@code context - stride} inputs before its own, where the text has so many.
 *
 * @param context tokens that the model sees at once
 * @param stride tokens that a window scores, 1 to {@code context}
 * @param full whether every further window has {@code context} inputs, also the last one, as
 *     lm-evaluation-harness cuts for rolling log-likelihoods; else windows do not overlap, {@code
 *     stride} must be {@code context}, and the last one is as long as what is left
 */
public record Windows(int context, int stride, boolean full) {
  /**
   * One of them.
   *
   * @param first its first token
   * @param inputs positions to compute; the window has one token more
   * @param scored how many of its last tokens are scored
   */
  public record Window(long first, int inputs, int scored) {}

  /** Checks the sizes. */
  public Windows {
    if (context < 1 || stride < 1 || stride > context) {
      throw new IllegalArgumentException("stride %d of %d tokens".formatted(stride, context));
    }
    if (!full && stride < context) {
      throw new IllegalArgumentException("windows that overlap are full");
    }
  }

  /**
   * How many windows there are.
   *
   * @param targets tokens to score, at least 1; one more comes before them
   */
  public long count(long targets) {
    long left = Math.max(0, targets - context);
    return 1 + (left + stride - 1) / stride;
  }

  /** Window {@code number}, from 0. */
  public Window window(long number, long targets) {
    Objects.checkIndex(number, count(targets));
    if (number == 0) {
      int all = (int) Math.min(context, targets);
      return new Window(0, all, all);
    }
    long before = context + (number - 1) * stride;
    int scored = (int) Math.min(stride, targets - before);
    int inputs = full ? context : scored;
    return new Window(before + scored - inputs, inputs, scored);
  }
}
