package dev.troupe.train;

import java.util.List;

/**
 * Mean losses of held-out data in nats a token.
 *
 * @param loss of the job's own
 * @param sets of each of its named sets, in their order
 */
public record HeldOutLosses(double loss, List<Double> sets) {
  /** Copies the list. */
  public HeldOutLosses {
    sets = List.copyOf(sets);
  }

  /** The losses of a job without named sets. */
  public HeldOutLosses(double loss) {
    this(loss, List.of());
  }
}
