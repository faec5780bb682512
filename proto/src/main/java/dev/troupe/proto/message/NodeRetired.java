package dev.troupe.proto.message;

import java.util.List;

/**
 * A node has no rank any more.
 *
 * @param fence the fence of {@link RetireRanks}
 * @param node name of the node
 * @param held what its processes hold in memory of committed states
 */
public record NodeRetired(Fence fence, String node, List<Holding> held) implements NodeReport {
  /** Copies the list and checks the name. */
  public NodeRetired {
    Checks.notBlank("node", node);
    held = List.copyOf(held);
  }
}
