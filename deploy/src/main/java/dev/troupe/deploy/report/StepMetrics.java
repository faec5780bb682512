package dev.troupe.deploy.report;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A committed step.
 *
 * @param step completed steps, from 1
 * @param loss mean cross-entropy in nats a token
 * @param gradNorm global gradient norm before clipping
 * @param lr learning rate
 * @param tokens target tokens of the step
 * @param seconds wall time of the step
 * @param mfu share of the hardware's peak that the model's arithmetic used; null where no peak is
 *     known
 * @param epoch mesh epoch
 * @param dp data-parallel width
 * @param tp tensor-parallel width
 * @param sourceLosses the loss of each source of a blend, by its name, that the step has tokens of
 */
public record StepMetrics(
    long step,
    double loss,
    double gradNorm,
    double lr,
    long tokens,
    double seconds,
    @Nullable Double mfu,
    long epoch,
    int dp,
    int tp,
    Map<String, Double> sourceLosses) {

  /** A step without a blend. */
  public StepMetrics(
      long step,
      double loss,
      double gradNorm,
      double lr,
      long tokens,
      double seconds,
      @Nullable Double mfu,
      long epoch,
      int dp,
      int tp) {
    this(step, loss, gradNorm, lr, tokens, seconds, mfu, epoch, dp, tp, Map.of());
  }

  /** Tokens a second; 0 where the time was too short to be measured. */
  public double tokensPerSecond() {
    return seconds > 0 ? tokens / seconds : 0;
  }
}
