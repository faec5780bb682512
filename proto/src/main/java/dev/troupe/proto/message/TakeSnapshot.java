package dev.troupe.proto.message;

/**
 * Orders a copy of the state of the last committed step while no step is under way.
 *
 * @param fence the mesh's epoch
 * @param step the last committed step
 */
public record TakeSnapshot(Fence fence, long step) implements RankOrder {
  /** Checks the step. */
  public TakeSnapshot {
    Checks.notNegative("step", step);
  }
}
