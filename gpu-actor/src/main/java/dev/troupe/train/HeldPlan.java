package dev.troupe.train;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.optim.Buddies;
import dev.troupe.optim.FlatParameters;
import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How held parts of a state get to the ranks of a mesh whose data-parallel width may be another: a
 * pure function, so that every rank has the same list and both ends of a transfer come to it in the
 * same order.
 *
 * @param moves all moves, in order
 */
record HeldPlan(List<Move> moves) {
  /** Copies the list. */
  HeldPlan {
    moves = List.copyOf(moves);
  }

  /**
   * A run of elements that one part has and one rank needs, of every kind.
   *
   * @param key the part
   * @param process who gives it
   * @param from rank that gives it; equal to {@code to} where its own process has it
   * @param to rank that needs it
   * @param dpIndex data-parallel index of whose slices they are: the rank's own, or a ward's of
   *     which it keeps a copy
   * @param inPart first element in the part, in state order
   * @param bucket bucket of both
   * @param inSlice first element in the slice that the rank needs of that bucket
   * @param count number of elements: whole blocks
   */
  record Move(
      HeldKey key,
      String process,
      int from,
      int to,
      int dpIndex,
      long inPart,
      int bucket,
      long inSlice,
      long count) {}

  /**
   * Plans.
   *
   * @param buckets elements of each bucket before padding, see {@link FlatParameters#elements}; the
   *     same for every tensor-parallel index
   * @param copies whether ranks keep copies of their wards' states
   * @throws TroupeException where the parts are not one state of this tensor-parallel width
   */
  static HeldPlan of(
      Start.Memory memory,
      DeviceMesh mesh,
      List<RankHome> homes,
      List<Long> buckets,
      boolean copies) {
    Parts parts = Parts.of(memory, mesh);
    Map<String, Integer> givers = new HashMap<>();
    for (int rank = 0; rank < mesh.size(); rank++) {
      givers.putIfAbsent(homes.get(rank).process(), rank);
    }
    List<Buddies> buddies = new ArrayList<>();
    for (int tpIndex = 0; tpIndex < mesh.tp(); tpIndex++) {
      buddies.add(copies ? RankHome.buddies(mesh, tpIndex, homes) : Buddies.none(mesh.dp()));
    }
    Cutter cutter = new Cutter(parts, mesh, homes, givers, buckets, new ArrayList<>());
    for (int rank = 0; rank < mesh.size(); rank++) {
      DeviceMesh.Coordinate at = mesh.coordinate(rank);
      cutter.cut(rank, at.dp());
      for (int ward : buddies.get(at.tp()).wards(at.dp())) {
        cutter.cut(rank, ward);
      }
    }
    return new HeldPlan(cutter.moves());
  }

  /** Cuts what ranks need by the slices of the mesh that left the parts. */
  private record Cutter(
      Parts parts,
      DeviceMesh mesh,
      List<RankHome> homes,
      Map<String, Integer> givers,
      List<Long> buckets,
      List<Move> moves) {

    /** Adds the moves of the slices of {@code dpIndex} to a rank. */
    void cut(int rank, int dpIndex) {
      long inState = 0;
      for (int b = 0; b < buckets.size(); b++) {
        long old = FlatParameters.slice(buckets.get(b), parts.dp());
        long slice = FlatParameters.slice(buckets.get(b), mesh.dp());
        long end = Math.min(buckets.get(b), (dpIndex + 1) * slice);
        long at = dpIndex * slice;
        while (at < end) {
          int from = Math.toIntExact(at / old);
          long count = Math.min(end, (from + 1) * old) - at;
          Start.Part part = parts.get(from, mesh.coordinate(rank).tp());
          int giver = giver(part, rank);
          String process = homes.get(giver).process();
          long inPart = inState + at - from * old;
          long inSlice = at - dpIndex * slice;
          moves.add(new Move(part.key(), process, giver, rank, dpIndex, inPart, b, inSlice, count));
          at += count;
        }
        inState += old;
      }
    }

    /** The rank itself where its process has the part, else the lowest of the first that has it. */
    private int giver(Start.Part part, int rank) {
      if (part.processes().contains(homes.get(rank).process())) {
        return rank;
      }
      return part.processes().stream()
          .filter(givers::containsKey)
          .findFirst()
          .map(givers::get)
          .orElseThrow(
              () ->
                  TroupeException.peer(
                      "%s is in none of the processes of the mesh, but in %s"
                          .formatted(text(part.key()), part.processes())));
    }
  }

  /** A part, for people. */
  static String text(HeldKey key) {
    return "the held state of step %d, share %d of %d of tensor share %d (epoch %d)"
        .formatted(key.step(), key.dpIndex(), key.dp(), key.tpIndex(), key.epoch());
  }

  /** The parts of one state, by place. */
  private record Parts(int dp, Map<Long, Start.Part> byPlace) {
    static Parts of(Start.Memory memory, DeviceMesh mesh) {
      if (memory.parts().isEmpty()) {
        throw TroupeException.peer("no process holds anything of step " + memory.step());
      }
      HeldKey first = memory.parts().getFirst().key();
      Map<Long, Start.Part> byPlace = new HashMap<>();
      int tp = 0;
      for (Start.Part part : memory.parts()) {
        HeldKey key = part.key();
        if (key.epoch() != first.epoch() || key.dp() != first.dp() || key.step() != memory.step()) {
          throw TroupeException.peer(
              "%s does not belong to %s; the state of step %d was wanted"
                  .formatted(text(key), text(first), memory.step()));
        }
        tp = Math.max(tp, key.tpIndex() + 1);
        byPlace.put(place(key.dpIndex(), key.tpIndex()), part);
      }
      if (tp != mesh.tp()) {
        throw TroupeException.peer(
            "the state of step %d in memory is that of parallel.tp = %d and the mesh has tp = %d; only a checkpoint can be loaded at another tp"
                .formatted(memory.step(), tp, mesh.tp()));
      }
      return new Parts(first.dp(), Map.copyOf(byPlace));
    }

    private static long place(int dpIndex, int tpIndex) {
      return (long) dpIndex << Integer.SIZE | tpIndex;
    }

    Start.Part get(int dpIndex, int tpIndex) {
      Start.Part part = byPlace.get(place(dpIndex, tpIndex));
      if (part == null) {
        throw TroupeException.peer(
            "no process holds share %d of %d of tensor share %d".formatted(dpIndex, dp, tpIndex));
      }
      return part;
    }
  }
}
