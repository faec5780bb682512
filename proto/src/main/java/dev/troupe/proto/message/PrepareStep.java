package dev.troupe.proto.message;

/**
 * Orders the first half of a step; each rank answers {@link RankPrepared}. Needed once an epoch:
 * later steps are ordered by {@link CommitStep#prepareNext}.
 *
 * @param fence the mesh's epoch
 * @param step the step, from 1
 */
public record PrepareStep(Fence fence, long step) implements RankOrder {
  /** Checks the step. */
  public PrepareStep {
    Checks.positive("step", step);
  }
}
