package dev.troupe.proto.message;

/**
 * Orders the snapshot of {@code step} to be freed without being written; not answered.
 *
 * @param fence the mesh's epoch
 * @param step the snapshot's step
 */
public record DropSnapshot(Fence fence, long step) implements RankOrder {
  /** Checks the step. */
  public DropSnapshot {
    Checks.notNegative("step", step);
  }
}
