package dev.troupe.coordinator.state;

import dev.troupe.proto.message.NodeInfo;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The nodes that can be reached.
 *
 * @param byName each with what is known of it
 * @param changed whether there was a change that a better mesh may come of
 */
public record Members(SortedMap<String, Member> byName, boolean changed) {
  /**
   * A node.
   *
   * @param info what it is and offers
   * @param leaving whether it is to be given no ranks any more
   */
  public record Member(NodeInfo info, boolean leaving) {}

  /** Copies the map. */
  public Members {
    byName = Collections.unmodifiableSortedMap(new TreeMap<>(byName));
  }

  static Members none() {
    return new Members(new TreeMap<>(), false);
  }

  /** What the nodes are and offer, by name. */
  public SortedMap<String, NodeInfo> infos() {
    return infos(true);
  }

  /** The nodes that may be given ranks, by name. */
  SortedMap<String, NodeInfo> staying() {
    return infos(false);
  }

  private SortedMap<String, NodeInfo> infos(boolean all) {
    TreeMap<String, NodeInfo> infos = new TreeMap<>();
    byName.forEach(
        (name, member) -> {
          if (all || !member.leaving()) {
            infos.put(name, member.info());
          }
        });
    return infos;
  }

  /** With a node that came, changed, or is to leave. */
  Members with(NodeInfo info, boolean leaving) {
    TreeMap<String, Member> next = new TreeMap<>(byName);
    next.put(info.node(), new Member(info, leaving));
    return new Members(next, true);
  }

  Members without(String name) {
    TreeMap<String, Member> next = new TreeMap<>(byName);
    next.remove(name);
    return new Members(next, changed);
  }

  Members changed(boolean value) {
    return new Members(byName, value);
  }
}
