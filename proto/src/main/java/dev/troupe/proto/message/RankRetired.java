package dev.troupe.proto.message;

import java.util.List;

/**
 * A rank has ended for another mesh; its last message.
 *
 * @param fence the fence of {@link RetireRanks}
 * @param rank the rank, on the mesh before
 * @param held all that its process holds in memory of committed states
 */
public record RankRetired(Fence fence, int rank, List<Holding> held) implements RankReport {
  /** Copies the list and checks the rank. */
  public RankRetired {
    Checks.notNegative("rank", rank);
    held = List.copyOf(held);
  }
}
