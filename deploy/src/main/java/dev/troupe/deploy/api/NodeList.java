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
    nodes.put(name, new Node(name, Presence.SPARE, devices, List.of()));
  }

  /** What a lost node held is somebody else's, or nobody's. */
  void lost(String name) {
    nodes.computeIfPresent(
        name, (same, node) -> new Node(same, Presence.LOST, node.devices(), List.of()));
  }

  /** It keeps its ranks until the next mesh. */
  void leaving(String name) {
    nodes.computeIfPresent(
        name, (same, node) -> new Node(same, Presence.LEAVING, node.devices(), node.ranks()));
  }

  /** It has left as it was asked to. */
  void released(String name) {
    nodes.remove(name);
  }

  /** A new mesh: nodes that are not part of it have no ranks. */
  void assign(Map<String, List<RankPlace>> places) {
    nodes.replaceAll((name, node) -> new Node(name, idle(node), node.devices(), List.of()));
    places.forEach(
        (name, own) -> {
          List<Rank> ranks =
              own.stream().map(place -> new Rank(place.rank(), place.device())).toList();
          Node known = nodes.get(name);
          long devices = known == null ? ranks.size() : known.devices();
          Presence state =
              known != null && known.state() == Presence.LEAVING
                  ? Presence.LEAVING
                  : Presence.TRAINING;
          nodes.put(name, new Node(name, state, devices, ranks));
        });
  }

  private static Presence idle(Node node) {
    return node.state() == Presence.TRAINING ? Presence.SPARE : node.state();
  }

  Collection<Node> list() {
    return nodes.values();
  }
}
