package dev.troupe.coordinator.state;

import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.JournalRecord;
import java.util.List;

/**
 * What goes into the journal before it counts: the epoch of a mesh before its nodes hear of it, and
 * a step before ranks apply it. One record is under way at a time.
 */
final class JournalRules {
  private JournalRules() {}

  /** Asks for a new epoch; if a record is under way, as soon as that is answered. */
  static void epoch(Turn turn) {
    if (turn.state.appending() == null) {
      Fence next = turn.state.fence().next();
      append(turn, next.epoch(), turn.state.last());
    }
  }

  /** Asks for the step that is being committed. */
  static void step(Turn turn, RunState.Commit commit) {
    append(turn, turn.state.fence().epoch(), commit);
  }

  private static void append(Turn turn, long epoch, RunState.Commit commit) {
    RunState state = turn.state;
    JournalRecord record =
        new JournalRecord(
            state.fence().term(),
            epoch,
            commit.step(),
            commit.epoch(),
            commit.numbers(),
            state.wishes().nodes(),
            state.wishes().stop(),
            nodes(state));
    turn.state = state.withAppending(record);
    turn.add(new Effect.Journal(record));
  }

  private static List<String> nodes(RunState state) {
    MeshEpoch mesh = state.phase().mesh();
    if (mesh != null) {
      return List.copyOf(mesh.byNode().keySet());
    }
    return state.phase() instanceof Phase.Regrouping regrouping
        ? regrouping.current().stream().sorted().toList()
        : List.of();
  }

  static void answered(Turn turn, Event.Journalled answer) {
    JournalRecord record = answer.record();
    if (!record.equals(turn.state.appending())) {
      return;
    }
    if (!answer.accepted()) {
      turn.state = turn.state.withAppending(null).with(new Phase.Superseded());
      turn.add(new Effect.StepDown());
      return;
    }
    turn.state = turn.state.withAppending(null);
    Committing committing = turn.state.committing();
    if (committing != null && record.committed() == committing.step()) {
      StepRules.journalled(turn, committing);
    }
    if (turn.state.phase() instanceof Phase.Regrouping regrouping
        && regrouping.stage() == Phase.Stage.JOURNAL) {
      if (record.epoch() > turn.state.fence().epoch()) {
        RegroupRules.retire(turn, regrouping, new Fence(record.term(), record.epoch()));
      } else {
        epoch(turn);
      }
    }
  }
}
