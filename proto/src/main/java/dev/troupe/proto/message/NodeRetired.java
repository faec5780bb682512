package dev.troupe.proto.message;

import java.util.List;

/**
 * A node has no rank any more.
 *
 * @param fence the fence of {@link RetireRanks}
 * @param held what its processes hold in memory of committed states
 */
public record NodeRetired(Fence fence, List<Holding> held) implements NodeReport {
  /** Copies the list. */
  public NodeRetired {
    held = List.copyOf(held);
  }
}
