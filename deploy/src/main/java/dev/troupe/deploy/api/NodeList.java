package dev.troupe.deploy.api;

import dev.troupe.deploy.api.RunStatus.Node;
import dev.troupe.deploy.api.RunStatus.Presence;
import dev.troupe.deploy.api.RunStatus.Rank;
import dev.troupe.proto.message.RankPlace;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The nodes of a run by name: who joined, who has which ranks, who is lost. One thread. */
final class NodeList {
  private final TreeMap<String, Node> nodes = new TreeMap<>();

  void joined(String name, long devices) {
    nodes.put(name, new Node(name, Presence.UP, devices, List.of()));
  }

  /** What a lost node held is somebody else's, or nobody's. */
  void lost(String name) {
    nodes.computeIfPresent(
        name, (same, node) -> new Node(same, Presence.LOST, node.devices(), List.of()));
  }

  /** A new mesh: nodes that are not part of it have no ranks. */
  void assign(Map<String, List<RankPlace>> places) {
    nodes.replaceAll((name, node) -> new Node(name, node.state(), node.devices(), List.of()));
    places.forEach(
        (name, own) -> {
          List<Rank> ranks =
              own.stream().map(place -> new Rank(place.rank(), place.device())).toList();
          Node known = nodes.get(name);
          long devices = known == null ? ranks.size() : known.devices();
          nodes.put(name, new Node(name, Presence.UP, devices, ranks));
        });
  }

  Collection<Node> list() {
    return nodes.values();
  }
}
