package dev.troupe.kernels;

/**
 * Scalars of one AdamW step.
 *
 * @param lr learning rate of this step
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param eps added to the root of the second moment
 * @param weightDecay decoupled decay; 0 for gains
 * @param gradScale factor of the gradient (clipping)
 * @param step number of the step, from 1
 */
public record AdamStep(
    double lr,
    double beta1,
    double beta2,
    double eps,
    double weightDecay,
    double gradScale,
    long step) {

  /** The same step with another decay. */
  public AdamStep withWeightDecay(double weightDecay) {
    return new AdamStep(lr, beta1, beta2, eps, weightDecay, gradScale, step);
  }
}
