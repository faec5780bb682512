package dev.troupe.proto.message;

import org.jspecify.annotations.Nullable;

/**
 * A rank has written its part of a checkpoint, or could not.
 *
 * @param fence the mesh's epoch
 * @param rank the rank
 * @param step the snapshot's step
 * @param error why it could not; null: written and durable
 */
public record RankSaved(Fence fence, int rank, long step, @Nullable String error)
    implements RankReport {
  /** Checks the fields. */
  public RankSaved {
    Checks.notNegative("rank", rank);
    Checks.notNegative("step", step);
  }
}
