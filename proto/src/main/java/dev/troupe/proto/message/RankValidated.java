package dev.troupe.proto.message;

/**
 * A rank has computed the held-out loss after a committed step.
 *
 * @param fence the mesh's epoch
 * @param rank the rank
 * @param step the committed step
 * @param result what it found
 */
public record RankValidated(Fence fence, int rank, long step, ValidationResult result)
    implements RankReport {
  /** Checks the fields. */
  public RankValidated {
    Checks.notNegative("rank", rank);
    Checks.positive("step", step);
  }
}
