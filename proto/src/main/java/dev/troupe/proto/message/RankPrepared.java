package dev.troupe.proto.message;

/**
 * A rank has prepared a step.
 *
 * @param fence the mesh's epoch
 * @param rank the rank
 * @param step the step
 * @param result what it found
 */
public record RankPrepared(Fence fence, int rank, long step, StepResult result)
    implements RankReport {
  /** Checks the fields. */
  public RankPrepared {
    Checks.notNegative("rank", rank);
    Checks.positive("step", step);
  }
}
