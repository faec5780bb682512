package dev.troupe.deploy.chaos.engine;

import dev.troupe.proto.message.Fence;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The processes of a run at one time.
 *
 * @param fence the mesh's fence
 * @param seats the mesh's ranks, by rank; empty where there is no mesh
 * @param nodes names of all nodes
 */
record Fleet(Fence fence, List<Seat> seats, Set<String> nodes) {
  Fleet {
    seats = List.copyOf(seats);
    nodes = Set.copyOf(nodes);
  }

  /** Before anything was seen. */
  static Fleet none() {
    return new Fleet(new Fence(0, 0), List.of(), Set.of());
  }

  Optional<Seat> seat(int rank) {
    return rank < seats.size() ? Optional.of(seats.get(rank)) : Optional.empty();
  }

  /** Ranks that a process holds. */
  Set<Integer> ranksOf(String process) {
    return seats.stream()
        .filter(seat -> seat.process().equals(process))
        .map(Seat::rank)
        .collect(Collectors.toSet());
  }

  /** Ranks on a node. */
  Set<Integer> ranksOn(String node) {
    return seats.stream()
        .filter(seat -> seat.node().equals(node))
        .map(Seat::rank)
        .collect(Collectors.toSet());
  }

  /** The address of a node in the network; empty where it has no rank, or none that listens. */
  Optional<String> address(String node) {
    return seats.stream()
        .filter(seat -> seat.node().equals(node) && !seat.address().isEmpty())
        .map(seat -> seat.address().substring(0, seat.address().lastIndexOf(':')))
        .findFirst();
  }
}
