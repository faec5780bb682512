package dev.troupe.collectives.mesh;

import java.util.HashSet;
import java.util.List;

/**
 * The ranks that take part in a communicator, in its order.
 *
 * @param name name that is unique in a mesh
 * @param ranks mesh ranks; the position is the rank in the group
 */
public record ProcessGroup(String name, List<Integer> ranks) {

  /** Copies the list and checks that it names at least one rank and none twice. */
  public ProcessGroup {
    ranks = List.copyOf(ranks);
    if (ranks.isEmpty()) {
      throw new IllegalArgumentException("process group " + name + " has no rank");
    }
    if (new HashSet<>(ranks).size() != ranks.size()) {
      throw new IllegalArgumentException("process group " + name + " names a rank twice: " + ranks);
    }
  }

  /** Number of ranks. */
  public int size() {
    return ranks.size();
  }

  /** Index of a mesh rank in this group. */
  public int indexOf(int rank) {
    int index = ranks.indexOf(rank);
    if (index < 0) {
      throw new IllegalArgumentException("rank " + rank + " is not in group " + name);
    }
    return index;
  }
}
