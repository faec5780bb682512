package dev.troupe.coordinator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The held-out losses after a committed step, means in nats a token; any may be non-finite.
 *
 * @param step the committed step
 * @param loss of the job's own held-out data
 * @param seconds from the order to the last rank's answer; contains the commit
 * @param epoch mesh epoch
 * @param sets of the job's named sets, by name, in the job's order
 */
public record ValidationRecord(
    long step, double loss, double seconds, long epoch, SequencedMap<String, Double> sets)
    implements RunReport {
  /** Copies the map. */
  public ValidationRecord {
    sets = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(sets));
  }

  /** A validation without named sets. */
  public ValidationRecord(long step, double loss, double seconds, long epoch) {
    this(step, loss, seconds, epoch, new LinkedHashMap<>());
  }

  @Override
  public void deliverTo(RunListener listener) {
    listener.onValidation(this);
  }
}
