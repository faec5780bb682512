package dev.troupe.coordinator;

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
    int dp)
    implements RunReport {
  @Override
  public void deliverTo(RunListener listener) {
    listener.onStep(this);
  }
}
