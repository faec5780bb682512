package dev.troupe.deploy.chaos.engine;

import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.plan.Place;
import dev.troupe.coordinator.state.Effect;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.deploy.chaos.plan.Moment;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.WriteShard;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Sees what a transition of the coordinator's state machine means for faults. */
final class Sight {
  private final List<Mark> marks = new ArrayList<>();
  private final List<Sign> signs = new ArrayList<>();
  private long ordered;

  private Sight() {}

  static Sighting of(Event event, Transition transition) {
    Sight sight = new Sight();
    RunState state = transition.state();
    sight.event(event);
    transition.effects().forEach(effect -> sight.effect(effect, state));
    return new Sighting(sight.marks, sight.signs, state.committed(), sight.ordered, fleet(state));
  }

  private void event(Event event) {
    switch (event) {
      case Event.NodeLost(String node, String why) ->
          signs.add(
              new Sign(Sign.Kind.NODE_LOST, node, Set.of(), "node " + node + " lost: " + why));
      case Event.NodeReported(RankFailed failed) when !failed.consequence() ->
          signs.add(
              new Sign(
                  Sign.Kind.RANK_FAILED,
                  "",
                  Set.of(failed.rank()),
                  "rank " + failed.rank() + " failed: " + failed.message()));
      case Event.NodeReported(NodePrepared prepared) when !prepared.suspects().isEmpty() ->
          signs.add(
              new Sign(
                  Sign.Kind.DAMAGED,
                  "",
                  new HashSet<>(prepared.suspects().list()),
                  "ranks " + prepared.suspects() + " differ from their replicas"));
      case Event.NodeReported(NodePrepared prepared)
          when prepared.votes().stream().anyMatch(vote -> !vote.value().finite()) ->
          signs.add(
              new Sign(
                  Sign.Kind.NOT_FINITE,
                  "",
                  Set.of(),
                  "step " + prepared.step() + " is not finite"));
      default -> {}
    }
  }

  private void effect(Effect effect, RunState state) {
    switch (effect) {
      case Effect.Order order -> order(order.command());
      case Effect.Journal(JournalRecord written) when written.committed() > state.committed() ->
          marks.add(new Mark(Moment.PREPARED, written.committed(), true));
      case Effect.Report(RunEvent report) -> report(report);
      default -> {}
    }
  }

  private void order(AgentCommand command) {
    switch (command) {
      case PrepareStep prepare -> {
        ordered = prepare.step();
        marks.add(new Mark(Moment.COMPUTING, prepare.step(), false));
      }
      case CommitStep commit -> {
        marks.add(new Mark(Moment.JOURNALLED, commit.step(), true));
        marks.add(new Mark(Moment.COMMITTED, commit.step(), false));
        if (commit.prepareNext()) {
          ordered = commit.step() + 1;
          marks.add(new Mark(Moment.COMPUTING, commit.step() + 1, false));
        }
      }
      case RetireRanks retire -> {
        marks.add(new Mark(Moment.REGROUPING, retire.committed(), false));
        signs.add(new Sign(Sign.Kind.REGROUP, "", Set.of(), "new mesh: " + retire.reason()));
      }
      case AssignRanks assign ->
          marks.add(new Mark(Moment.STARTING, assign.job().resumeStep(), false));
      case WriteShard write -> marks.add(new Mark(Moment.CHECKPOINT_WRITE, write.step(), true));
      default -> {}
    }
  }

  private void report(RunEvent event) {
    String words = event.type() + " " + event.fields();
    switch (event.type()) {
      case "straggler" -> signs.add(new Sign(Sign.Kind.STRAGGLER, "", rank(event), words));
      case "step-not-finite" -> signs.add(new Sign(Sign.Kind.NOT_FINITE, "", Set.of(), words));
      case "checkpoint-failed" -> signs.add(new Sign(Sign.Kind.SAVE_FAILED, "", Set.of(), words));
      default -> {}
    }
  }

  private static Set<Integer> rank(RunEvent event) {
    return event.fields().get("rank") instanceof Long rank ? Set.of(rank.intValue()) : Set.of();
  }

  /** A process that has ended is not among its node's devices any more. */
  private static Seat seat(int rank, Place place, NodeInfo node) {
    return node.devices().stream()
        .filter(device -> device.index() == place.device())
        .findFirst()
        .map(
            device ->
                new Seat(rank, node.node(), device.index(), device.process(), device.endpoint()))
        .orElseGet(() -> new Seat(rank, node.node(), place.device(), "rank " + rank, ""));
  }

  private static Fleet fleet(RunState state) {
    MeshEpoch mesh = state.phase().mesh();
    List<Seat> seats = new ArrayList<>();
    if (mesh != null) {
      for (int rank = 0; rank < mesh.size(); rank++) {
        String node = mesh.places().get(rank).node();
        if (!state.members().containsKey(node)) {
          return new Fleet(state.fence(), List.of(), state.members().keySet());
        }
        seats.add(
            seat(rank, mesh.places().get(rank), Objects.requireNonNull(state.members().get(node))));
      }
    }
    return new Fleet(state.fence(), seats, state.members().keySet());
  }
}
