package dev.troupe.train;

import dev.troupe.collectives.mesh.DeviceMesh;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who keeps a copy of whose optimizer state. In a data-parallel group of d ranks the buddy of index
 * i is index (i + shift) mod d; its ward is (i - shift) mod d.
 */
final class BuddyShift {
  private BuddyShift() {}

  /**
   * The shift of a rank's data-parallel group: that by which most ranks have their buddy on another
   * node, then in another process; the smallest of equal ones. A pure function, so all ranks of the
   * group agree.
   *
   * @param homes where all ranks of the mesh run, by rank
   * @return from 1 to dp - 1; 0 where the whole group is in one process, which would take every
   *     copy with it
   */
  static int of(DeviceMesh mesh, int rank, List<RankHome> homes) {
    List<RankHome> group = mesh.dataGroup(rank).ranks().stream().map(homes::get).toList();
    if (group.stream().map(RankHome::process).distinct().count() == 1) {
      return 0;
    }
    int best = 0;
    long bestScore = -1;
    for (int shift = 1; shift < group.size(); shift++) {
      long score = score(group, shift);
      if (score > bestScore) {
        best = shift;
        bestScore = score;
      }
    }
    return best;
  }

  /** Buddies on another node count more than all that are only in another process. */
  private static long score(List<RankHome> group, int shift) {
    int size = group.size();
    return IntStream.range(0, size)
        .mapToLong(i -> distance(group.get(i), group.get((i + shift) % size), size))
        .sum();
  }

  private static long distance(RankHome one, RankHome other, int size) {
    if (!one.node().equals(other.node())) {
      return size + 1L;
    }
    return one.process().equals(other.process()) ? 0 : 1;
  }
}
