package dev.troupe.coordinator;

/**
 * The held-out loss after a committed step.
 *
 * @param step the committed step
 * @param loss mean held-out loss in nats a token; may be non-finite
 * @param seconds from the order to the last rank's answer; contains the commit
 * @param epoch mesh epoch
 */
public record ValidationRecord(long step, double loss, double seconds, long epoch)
    implements RunReport {
  @Override
  public void deliverTo(RunListener listener) {
    listener.onValidation(this);
  }
}
