package dev.troupe.deploy.chaos.engine;

import dev.troupe.proto.message.InjectFault;
import java.util.List;
import java.util.Set;

/**
 * Who exactly is hit.
 *
 * @param words for people
 * @param node node whose agent is told; empty: this process does it itself
 * @param rank the rank; -1: none
 * @param device its device, or one of the constants of {@link InjectFault}
 * @param ranks all ranks that go down with it
 * @param peers addresses of nodes that are cut off
 */
record Hit(
    String words, String node, int rank, int device, Set<Integer> ranks, List<String> peers) {
  Hit {
    ranks = Set.copyOf(ranks);
    peers = List.copyOf(peers);
  }

  /** This process itself, which coordinates. */
  static Hit coordinator() {
    return new Hit("coordinator", "", -1, InjectFault.AGENT, Set.of(), List.of());
  }
}
