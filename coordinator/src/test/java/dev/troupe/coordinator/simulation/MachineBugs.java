package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.state.Effect;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.RunMachine;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Bugs of the coordinator's machine, planted by changing what goes in or comes out. */
final class MachineBugs {
  private MachineBugs() {}

  static Stream<Planted> all() {
    return Stream.of(
        Planted.of("a commit is ordered before the journal has it", new Hasty(), Invariant.I1),
        Planted.of(
            "one node's vote counts for all ranks",
            new Changed() {
              @Override
              Event change(RunState state, Event event) {
                return event instanceof Event.NodeReported(NodePrepared report)
                    ? allVote(state, report)
                    : event;
              }
            },
            Invariant.I1,
            Invariant.I2,
            Invariant.I4),
        Planted.of(
            "a step that is not finite is committed",
            new Changed() {
              @Override
              Event change(RunState state, Event event) {
                return event instanceof Event.NodeReported(NodePrepared report)
                    ? finite(report)
                    : event;
              }
            },
            Invariant.I6),
        Planted.of(
            "damaged replicas are not minded",
            new Changed() {
              @Override
              Event change(RunState state, Event event) {
                return event instanceof Event.NodeReported(NodePrepared report)
                    ? unsuspecting(report)
                    : event;
              }
            },
            Invariant.I5,
            Invariant.I7),
        Planted.of("a checkpoint counts when one node has written", new Early(), Invariant.I8),
        Planted.of("parts of two meshes make up one state", new Mixed(), Invariant.I5),
        Planted.of(
            "time does not pass",
            new Changed() {
              @Override
              Event change(RunState state, Event event) {
                return event instanceof Event.Tick ? new Event.NodeNeverCame("nobody", "") : event;
              }
            },
            Invariant.I12));
  }

  /** Another event in the place of one. */
  private abstract static class Changed implements Mutation {
    abstract Event change(RunState state, Event event);

    @Override
    public Transition on(RunMachine machine, RunState state, Event event, long now) {
      return machine.on(state, change(state, event), now);
    }
  }

  private static RankSet all(RunState state, RankSet own) {
    var mesh = state.phase().mesh();
    return mesh == null ? own : RankSet.below(mesh.size());
  }

  private static Event allVote(RunState state, NodePrepared report) {
    Vote<StepResult> first = report.votes().getFirst();
    return new Event.NodeReported(
        new NodePrepared(
            report.fence(),
            report.step(),
            List.of(new Vote<>(first.value(), all(state, first.ranks()))),
            report.suspects(),
            report.busy()));
  }

  private static Event finite(NodePrepared report) {
    List<Vote<StepResult>> votes = new ArrayList<>();
    for (Vote<StepResult> vote : report.votes()) {
      StepResult value = vote.value();
      votes.add(
          value.finite()
              ? vote
              : new Vote<>(new StepResult(1, 1, value.lr(), value.tokens()), vote.ranks()));
    }
    return new Event.NodeReported(
        new NodePrepared(report.fence(), report.step(), votes, report.suspects(), report.busy()));
  }

  private static Event unsuspecting(NodePrepared report) {
    return new Event.NodeReported(
        new NodePrepared(
            report.fence(), report.step(), report.votes(), RankSet.none(), report.busy()));
  }

  /** Takes the journal's answer to a step for granted. */
  private static final class Hasty implements Mutation {
    @Override
    public Transition on(RunMachine machine, RunState state, Event event, long now) {
      Transition first = machine.on(state, event, now);
      for (Effect effect : first.effects()) {
        if (effect instanceof Effect.Journal(var record)
            && record.epoch() == state.fence().epoch()) {
          Transition second = machine.on(first.state(), new Event.Journalled(record, true), now);
          List<Effect> effects = new ArrayList<>(first.effects());
          effects.addAll(second.effects());
          return new Transition(second.state(), effects);
        }
      }
      return first;
    }
  }

  /** All ranks count as having written, and nobody looks. */
  private static final class Early extends Changed {
    @Override
    Event change(RunState state, Event event) {
      return event instanceof Event.NodeReported(NodeSaved report)
          ? new Event.NodeReported(
              new NodeSaved(
                  report.fence(), report.step(), all(state, report.ranks()), new TreeMap<>()))
          : event;
    }

    @Override
    public boolean publishesUnseen() {
      return true;
    }
  }

  /** What is held counts as of one mesh. */
  private static final class Mixed extends Changed {
    @Override
    Event change(RunState state, Event event) {
      return event instanceof Event.NodeReported(NodeRetired report)
          ? new Event.NodeReported(
              new NodeRetired(
                  report.fence(),
                  report.node(),
                  report.held().stream().map(Mixed::ofOneMesh).toList()))
          : event;
    }

    private static Holding ofOneMesh(Holding part) {
      return new Holding(
          1, part.step(), part.dp(), part.dpIndex(), part.tpIndex(), part.process(), part.digest());
    }

    @Override
    public long @Nullable [] find(Vault vault, Holding part) {
      return vault.getOfAnyMesh(part);
    }
  }
}
