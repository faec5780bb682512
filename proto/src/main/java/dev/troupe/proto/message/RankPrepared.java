package dev.troupe.proto.message;

/**
 * A rank has prepared a step.
 *
 * @param fence the mesh's epoch
 * @param rank the rank
 * @param step the step
 * @param result what it found
 * @param suspects ranks whose state differs from that of their replicas, as this rank sees it
 * @param busySeconds wall-clock seconds of its own work, outside collectives
 */
public record RankPrepared(
    Fence fence, int rank, long step, StepResult result, RankSet suspects, double busySeconds)
    implements RankReport {
  /** Checks the fields. */
  public RankPrepared {
    Checks.notNegative("rank", rank);
    Checks.positive("step", step);
  }
}
