package dev.troupe.coordinator.simulation;

import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankSite;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Who keeps copies of whose state, as the trainers' rule has it: never at the ward's own place,
 * which is its node, or its process where the mesh is on one node. With the d indices in an order
 * that has places together and the fullest, of m, first, the buddy of the one at p is at p + m; the
 * indices of a place that has more than half share the others in turn.
 *
 * @param byIndex the buddy of each data-parallel index; empty: there are no copies
 * @param acrossNodes whether every rank's copy is on another node
 */
record Buddies(int tp, List<Integer> byIndex, boolean acrossNodes) {

  static Buddies of(MeshJob job, boolean copies) {
    RankSite[] homes = new RankSite[job.worldSize()];
    for (RankSite site : job.sites()) {
      site.ranks().list().forEach(rank -> homes[rank] = site);
    }
    boolean nodes = job.sites().stream().map(RankSite::node).distinct().count() > 1;
    Map<String, List<Integer>> places = new LinkedHashMap<>();
    for (int index = 0; index < job.dp(); index++) {
      RankSite home = homes[index * job.tp()];
      places
          .computeIfAbsent(nodes ? home.node() : home.process(), name -> new ArrayList<>())
          .add(index);
    }
    if (!copies || places.size() == 1) {
      return new Buddies(job.tp(), List.of(), false);
    }
    return new Buddies(job.tp(), pairs(new ArrayList<>(places.values()), job.dp()), nodes);
  }

  private static List<Integer> pairs(List<List<Integer>> places, int dp) {
    int most = places.stream().mapToInt(List::size).max().orElseThrow();
    while (places.getFirst().size() < most) {
      Collections.rotate(places, -1);
    }
    List<Integer> order = places.stream().flatMap(List::stream).toList();
    Integer[] byIndex = new Integer[dp];
    for (int p = 0; p < dp; p++) {
      int at = p < most ? most + p % (dp - most) : (p + most) % dp;
      byIndex[order.get(p)] = order.get(at);
    }
    return List.of(byIndex);
  }

  /** Whose copies {@code rank} keeps, as data-parallel indices. */
  List<Integer> wards(int rank) {
    return IntStream.range(0, byIndex.size())
        .filter(index -> byIndex.get(index) == rank / tp)
        .boxed()
        .toList();
  }
}
