package dev.troupe.collectives.mesh;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The grid of ranks with axes dp (outer) and tp (inner, fastest): {@code rank = dpIndex * tp +
 * tpIndex}.
 *
 * @param tp tensor-parallel width
 * @param dp data-parallel width
 */
public record DeviceMesh(int tp, int dp) {

  /** Checks that both axes are at least one wide and that their product is an int. */
  public DeviceMesh {
    if (tp < 1 || dp < 1) {
      throw new IllegalArgumentException("mesh axes must be at least 1: tp=" + tp + " dp=" + dp);
    }
    Math.multiplyExact(tp, dp);
  }

  /** Place of a rank on the mesh. */
  public record Coordinate(int dp, int tp) {}

  /** Number of ranks. */
  public int size() {
    return tp * dp;
  }

  /** Place of {@code rank}. */
  public Coordinate coordinate(int rank) {
    if (rank < 0 || rank >= size()) {
      throw new IllegalArgumentException("rank " + rank + " outside a mesh of " + size());
    }
    return new Coordinate(rank / tp, rank % tp);
  }

  /** Rank at a place. */
  public int rank(Coordinate at) {
    Objects.checkIndex(at.dp(), dp);
    Objects.checkIndex(at.tp(), tp);
    return at.dp() * tp + at.tp();
  }

  /** The tensor-parallel group that {@code rank} belongs to. */
  public ProcessGroup tensorGroup(int rank) {
    int first = coordinate(rank).dp() * tp;
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < tp; i++) {
      ranks.add(first + i);
    }
    return new ProcessGroup("tp" + coordinate(rank).dp(), ranks);
  }

  /** The data-parallel group that {@code rank} belongs to. */
  public ProcessGroup dataGroup(int rank) {
    int index = coordinate(rank).tp();
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < dp; i++) {
      ranks.add(i * tp + index);
    }
    return new ProcessGroup("dp" + index, ranks);
  }

  /**
   * The part of {@code rank}'s tensor group whose members hold the same key/value heads: {@code tp
   * / kvHeads} neighbours where there are fewer heads than ranks, else the rank alone.
   */
  public ProcessGroup keyValueGroup(int rank, int kvHeads) {
    if (kvHeads < 1 || Math.max(tp, kvHeads) % Math.min(tp, kvHeads) != 0) {
      throw new IllegalArgumentException(
          "key/value heads and tp must divide one another: kvHeads=" + kvHeads + " tp=" + tp);
    }
    int width = kvHeads >= tp ? 1 : tp / kvHeads;
    Coordinate at = coordinate(rank);
    int first = at.tp() / width * width;
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      ranks.add(at.dp() * tp + first + i);
    }
    return new ProcessGroup("kv" + at.dp() + "." + first, ranks);
  }

  /** All ranks. */
  public ProcessGroup world() {
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      ranks.add(i);
    }
    return new ProcessGroup("world", ranks);
  }
}
