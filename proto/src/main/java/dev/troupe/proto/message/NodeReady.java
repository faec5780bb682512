package dev.troupe.proto.message;

import java.util.List;

/**
 * All ranks of a node are ready.
 *
 * @param fence the mesh's epoch
 * @param ranks what they hold
 */
public record NodeReady(Fence fence, List<RankState> ranks) implements NodeReport {
  /** Copies the list. */
  public NodeReady {
    ranks = List.copyOf(ranks);
    Checks.notEmpty("ranks", ranks);
  }
}
