package dev.troupe.coordinator;

import java.util.List;

/**
 * A committed step.
 *
 * @param step completed steps, from 1
 * @param loss mean cross-entropy in nats a token over the global batch
 * @param gradNorm global gradient norm before clipping
 * @param lr learning rate
 * @param tokens target tokens of the global batch
 * @param stepSeconds from the commit of the step before to this one's, without validation
 * @param epoch mesh epoch
 * @param tp tensor-parallel width
 * @param dp data-parallel width
 * @param sourceLosses the mean over the tokens of each source of a blend, in its order; NaN where
 *     the step has none of them; empty without a blend
 */
public record StepRecord(
    long step,
    double loss,
    double gradNorm,
    double lr,
    long tokens,
    double stepSeconds,
    long epoch,
    int tp,
    int dp,
    List<Double> sourceLosses)
    implements RunReport {
  /** Copies the list. */
  public StepRecord {
    sourceLosses = List.copyOf(sourceLosses);
  }

  /** A step without a blend. */
  public StepRecord(
      long step,
      double loss,
      double gradNorm,
      double lr,
      long tokens,
      double stepSeconds,
      long epoch,
      int tp,
      int dp) {
    this(step, loss, gradNorm, lr, tokens, stepSeconds, epoch, tp, dp, List.of());
  }

  @Override
  public void deliverTo(RunListener listener) {
    listener.onStep(this);
  }
}
