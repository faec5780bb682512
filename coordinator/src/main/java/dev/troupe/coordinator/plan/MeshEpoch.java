package dev.troupe.coordinator.plan;

import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankSite;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One mesh with every rank's place; never changed, only followed by another of a greater fence. Who
 * has which ranks is asked at every step, so it is worked out once.
 */
public final class MeshEpoch {
  private final Fence fence;
  private final DeviceMesh mesh;
  private final List<Place> places;
  private final SortedMap<String, List<RankPlace>> byNode;

  /**
   * Copies the list and checks what every plan must keep.
   *
   * @param fence its term and epoch
   * @param mesh the axes
   * @param places the ranks' places, by rank; a tensor-parallel group is on one node
   */
  public MeshEpoch(Fence fence, DeviceMesh mesh, List<Place> places) {
    this.fence = fence;
    this.mesh = mesh;
    this.places = List.copyOf(places);
    if (places.size() != mesh.size()) {
      throw new IllegalArgumentException(places.size() + " places for a mesh of " + mesh.size());
    }
    if (places.stream().distinct().count() < places.size()) {
      throw new IllegalArgumentException("two ranks on one device: " + places);
    }
    for (int rank = 0; rank < mesh.size(); rank++) {
      String node = places.get(rank).node();
      if (!node.equals(places.get(rank - rank % mesh.tp()).node())) {
        throw new IllegalArgumentException(
            "rank " + rank + " is on another node than its TP group");
      }
    }
    this.byNode = byNode(this.places);
  }

  private static SortedMap<String, List<RankPlace>> byNode(List<Place> places) {
    TreeMap<String, List<RankPlace>> nodes = new TreeMap<>();
    for (int rank = 0; rank < places.size(); rank++) {
      Place place = places.get(rank);
      nodes
          .computeIfAbsent(place.node(), name -> new ArrayList<>())
          .add(new RankPlace(rank, place.device()));
    }
    nodes.replaceAll((node, ranks) -> List.copyOf(ranks));
    return Collections.unmodifiableSortedMap(nodes);
  }

  /** Its term and epoch. */
  public Fence fence() {
    return fence;
  }

  /** The axes. */
  public DeviceMesh mesh() {
    return mesh;
  }

  /** The ranks' places, by rank. */
  public List<Place> places() {
    return places;
  }

  /** Number of ranks. */
  public int size() {
    return mesh.size();
  }

  /** The nodes that have ranks, by name, each with its ranks. */
  public SortedMap<String, List<RankPlace>> byNode() {
    return byNode;
  }

  /** What a rank runs on; {@code members} are the nodes. */
  public DeviceInfo device(int rank, Map<String, NodeInfo> members) {
    NodeInfo node = Objects.requireNonNull(members.get(places.get(rank).node()));
    int index = places.get(rank).device();
    return node.devices().stream().filter(each -> each.index() == index).findFirst().orElseThrow();
  }

  /** The processes that hold the ranks, by their lowest rank; {@code members} are the nodes. */
  public List<RankSite> sites(Map<String, NodeInfo> members) {
    Map<String, RankSite> sites = new LinkedHashMap<>();
    Map<String, List<Integer>> ranks = new LinkedHashMap<>();
    for (int rank = 0; rank < size(); rank++) {
      NodeInfo node = Objects.requireNonNull(members.get(places.get(rank).node()));
      DeviceInfo device = device(rank, members);
      RankSet own = RankSet.of(rank);
      sites.putIfAbsent(
          device.process(),
          new RankSite(node.node(), node.host(), device.process(), device.endpoint(), own));
      ranks.computeIfAbsent(device.process(), name -> new ArrayList<>()).add(rank);
    }
    return sites.values().stream()
        .map(
            site ->
                new RankSite(
                    site.node(),
                    site.host(),
                    site.process(),
                    site.endpoint(),
                    RankSet.of(Objects.requireNonNull(ranks.get(site.process())))))
        .toList();
  }

  /** For people: ranks with their node, for example {@code 0, 1 (node-a)}. */
  public String describe(Iterable<Integer> ranks) {
    Map<String, List<Integer>> nodes = new TreeMap<>();
    for (int rank : ranks) {
      nodes.computeIfAbsent(places.get(rank).node(), name -> new ArrayList<>()).add(rank);
    }
    List<String> parts = new ArrayList<>();
    nodes.forEach(
        (node, own) ->
            parts.add(
                String.join(", ", own.stream().map(String::valueOf).toList()) + " (" + node + ")"));
    return String.join("; ", parts);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MeshEpoch that
        && fence.equals(that.fence)
        && mesh.equals(that.mesh)
        && places.equals(that.places);
  }

  @Override
  public int hashCode() {
    return Objects.hash(fence, mesh, places);
  }

  @Override
  public String toString() {
    return "MeshEpoch[" + fence + ", " + mesh + ", " + places + "]";
  }
}
