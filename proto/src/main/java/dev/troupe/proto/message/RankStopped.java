package dev.troupe.proto.message;

/**
 * A rank has freed everything; its last message.
 *
 * @param fence the mesh's epoch
 * @param rank the rank
 */
public record RankStopped(Fence fence, int rank) implements RankReport {
  /** Checks the rank. */
  public RankStopped {
    Checks.notNegative("rank", rank);
  }
}
