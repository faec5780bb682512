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
 * @param released when nodes were let go lately, by name, in nanoseconds
 */
public record Members(
    SortedMap<String, Member> byName, boolean changed, SortedMap<String, Long> released) {
  /** For so long a node that was let go may be heard of without having come back. */
  private static final long LAST_WORDS_NANOS = 1_000_000_000;

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
    released = Collections.unmodifiableSortedMap(new TreeMap<>(released));
  }

  static Members none() {
    return new Members(new TreeMap<>(), false, new TreeMap<>());
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
    return new Members(next, true, released);
  }

  Members without(String name) {
    TreeMap<String, Member> next = new TreeMap<>(byName);
    next.remove(name);
    return new Members(next, changed, released);
  }

  /** Without a node that was let go at {@code now}. */
  Members release(String name, long now) {
    TreeMap<String, Long> times = new TreeMap<>(released);
    times.values().removeIf(time -> now - time > LAST_WORDS_NANOS);
    times.put(name, now);
    return new Members(without(name).byName(), changed, times);
  }

  /** Whether what is heard of a node was sent before it knew that it was let go. */
  boolean lastWords(String name, long now) {
    Long at = released.get(name);
    return at != null && now - at <= LAST_WORDS_NANOS;
  }

  Members changed(boolean value) {
    return new Members(byName, value, released);
  }
}
