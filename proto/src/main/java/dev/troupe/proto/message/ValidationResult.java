package dev.troupe.proto.message;

import java.util.List;

/**
 * What a validation found. All ranks of a mesh find the same bits: {@code equals} compares them.
 *
 * @param loss mean held-out loss in nats a token; may be anything, even NaN
 * @param sets the same of each of the job's named sets, in its order
 */
public record ValidationResult(double loss, List<Double> sets) {
  /** Copies the list. */
  public ValidationResult {
    sets = List.copyOf(sets);
  }
}
