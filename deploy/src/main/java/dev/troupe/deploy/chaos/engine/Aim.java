package dev.troupe.deploy.chaos.engine;

import dev.troupe.deploy.chaos.plan.Target;
import dev.troupe.proto.message.InjectFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds who is meant.
 *
 * @param fleet the processes now
 */
record Aim(Fleet fleet) {

  /**
   * Who is hit; nothing where the target is not there now.
   *
   * @param dice chooses among several, from 0 to below 1
   */
  List<Hit> at(Target target, double dice) {
    return switch (target) {
      case Target.AnyRank any ->
          fleet.seats().isEmpty()
              ? List.of()
              : List.of(hit(fleet.seats().get((int) (dice * fleet.seats().size()))));
      case Target.Rank(int rank) -> fleet.seat(rank).map(this::hit).stream().toList();
      case Target.Node(String node) -> node(node, InjectFault.NODE, "node " + node);
      case Target.Agent(String node) -> node(node, InjectFault.AGENT, "agent of " + node);
      case Target.Coordinator own -> List.of(Hit.coordinator());
      case Target.Checkpoint newest ->
          List.of(new Hit("newest checkpoint", "", -1, InjectFault.AGENT, Set.of(), List.of()));
      case Target.Links(List<String> nodes, boolean oneWay) -> links(nodes, oneWay);
    };
  }

  private Hit hit(Seat seat) {
    return new Hit(
        "rank %d (%s)".formatted(seat.rank(), seat.node()),
        seat.node(),
        seat.rank(),
        seat.device(),
        fleet.ranksOf(seat.process()),
        List.of());
  }

  private List<Hit> node(String node, int device, String words) {
    return fleet.nodes().contains(node)
        ? List.of(new Hit(words, node, -1, device, fleet.ranksOn(node), List.of()))
        : List.of();
  }

  /** The first node cannot send to the others; both ways: nor they to it. */
  private List<Hit> links(List<String> nodes, boolean oneWay) {
    List<Hit> hits = new ArrayList<>();
    String first = nodes.getFirst();
    List<String> others = nodes.subList(1, nodes.size());
    cut(first, others).ifPresent(hits::add);
    if (!oneWay) {
      others.forEach(other -> cut(other, List.of(first)).ifPresent(hits::add));
    }
    return hits;
  }

  private Optional<Hit> cut(String from, List<String> to) {
    List<String> addresses = to.stream().flatMap(node -> fleet.address(node).stream()).toList();
    return fleet.nodes().contains(from) && addresses.size() == to.size()
        ? Optional.of(
            new Hit(
                from + " to " + String.join(", ", to),
                from,
                -1,
                InjectFault.AGENT,
                fleet.ranksOn(from),
                addresses))
        : Optional.empty();
  }
}
