package dev.troupe.proto.message;

/**
 * What preparing a step found. All ranks of a mesh find the same bits: {@code equals} compares
 * them.
 *
 * @param loss mean cross-entropy in nats over the target tokens of the global batch
 * @param gradNorm global gradient norm before clipping
 * @param lr learning rate that the commit uses
 * @param tokens target tokens of the global batch
 */
public record StepResult(double loss, double gradNorm, double lr, long tokens) {
  /** Checks the count of tokens; loss and norm may be anything, even NaN. */
  public StepResult {
    Checks.notNegative("tokens", tokens);
  }

  /** Whether the step may be committed. */
  public boolean finite() {
    return Double.isFinite(loss) && Double.isFinite(gradNorm);
  }
}
