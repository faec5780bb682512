package dev.troupe.proto.message;

/**
 * A rank has computed the held-out loss after a committed step.
 *
 * @param fence the mesh's epoch
 * @param rank the rank
 * @param step the committed step
 * @param loss mean held-out loss in nats a token
 */
public record RankValidated(Fence fence, int rank, long step, double loss) implements RankReport {
  /** Checks the fields. */
  public RankValidated {
    Checks.notNegative("rank", rank);
    Checks.positive("step", step);
  }
}
