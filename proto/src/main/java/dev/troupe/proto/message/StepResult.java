package dev.troupe.proto.message;

import java.util.List;

/**
 * What preparing a step found. All ranks of a mesh find the same bits: {@code equals} compares
 * them.
 *
 * @param loss mean cross-entropy in nats over the target tokens of the global batch
 * @param gradNorm global gradient norm before clipping
 * @param lr learning rate that the commit uses
 * @param tokens target tokens of the global batch
 * @param sourceLosses the mean over the tokens of each source of a blend, in its order; NaN where
 *     the step has none of them; empty without a blend
 */
public record StepResult(
    double loss, double gradNorm, double lr, long tokens, List<Double> sourceLosses) {
  /** Checks the count of tokens; loss and norm may be anything, even NaN. */
  public StepResult {
    Checks.notNegative("tokens", tokens);
    sourceLosses = List.copyOf(sourceLosses);
  }

  /** A step without a blend. */
  public StepResult(double loss, double gradNorm, double lr, long tokens) {
    this(loss, gradNorm, lr, tokens, List.of());
  }

  /** Whether the step may be committed. */
  public boolean finite() {
    return Double.isFinite(loss) && Double.isFinite(gradNorm);
  }
}
