package dev.troupe.proto.message;

import dev.troupe.proto.error.Category;

/**
 * A rank cannot go on. Goes to the coordinator as it is: nothing is gained by waiting for others.
 *
 * @param fence the mesh's epoch
 * @param rank the rank
 * @param category what kind of failure
 * @param message what happened, for people
 * @param consequence whether it only failed because communicators were aborted
 */
public record RankFailed(
    Fence fence, int rank, Category category, String message, boolean consequence)
    implements RankReport, NodeReport {
  /** Checks the rank. */
  public RankFailed {
    Checks.notNegative("rank", rank);
  }
}
