package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunResult.Outcome;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.TakeSnapshot;

/** How a run ends: with its last step, on request, or by a failure; and that it always does. */
final class EndRules {
  private EndRules() {}

  /** The last step is committed: what is under way is waited for, the state is saved. */
  static void conclude(Turn turn, MeshEpoch mesh, RunResult result) {
    turn.state =
        turn.state.with(
            new Phase.Concluding(mesh, result, turn.deadline(turn.settings.timeouts().step())));
    goOn(turn);
  }

  /** No step until the one just committed is saved; then another mesh is made. */
  static void pause(Turn turn, MeshEpoch mesh, String reason) {
    turn.state =
        turn.state.with(
            new Phase.Pausing(mesh, reason, turn.deadline(turn.settings.timeouts().step())));
    goOn(turn);
  }

  /** A validation, texts or a checkpoint ended: does what was waiting for it. */
  static void goOn(Turn turn) {
    switch (turn.state.phase()) {
      case Phase.Concluding concluding -> goOn(turn, concluding);
      case Phase.Pausing pausing -> goOn(turn, pausing);
      case Phase.Stopping stopping -> finishIfDone(turn);
      default -> {}
    }
  }

  private static void goOn(Turn turn, Phase.Concluding concluding) {
    RunState state = turn.state;
    MeshEpoch mesh = concluding.mesh();
    if (state.betweenSteps() || !(state.saving() instanceof Saving.Idle idle)) {
      return;
    }
    if (state.published() == state.committed()) {
      release(turn, mesh, concluding.result());
    } else if (idle.failure() != null && idle.failure().step() == state.committed()) {
      release(turn, mesh, unsaved(state, idle.failure()));
    } else {
      save(turn, mesh);
    }
  }

  private static void goOn(Turn turn, Phase.Pausing pausing) {
    RunState state = turn.state;
    MeshEpoch mesh = pausing.mesh();
    if (state.betweenSteps() || !(state.saving() instanceof Saving.Idle idle)) {
      return;
    }
    String stop = state.stop();
    if (stop != null) {
      conclude(turn, mesh, RunResult.stopped(state.committed(), stop));
    } else if (state.published() == state.committed()) {
      RegroupRules.planned(turn, pausing.reason());
    } else if (idle.failure() != null && idle.failure().step() == state.committed()) {
      turn.event(
          Severity.WARNING, "change-postponed", "message", "the state could not be saved first");
      turn.state = turn.state.with(turn.state.nodes().changed(false));
      MeshRules.prepare(turn, mesh);
    } else {
      save(turn, mesh);
    }
  }

  private static void save(Turn turn, MeshEpoch mesh) {
    turn.order(mesh, new TakeSnapshot(mesh.fence(), turn.state.committed()));
    SaveRules.begin(turn, turn.state.committed());
  }

  private static RunResult unsaved(RunState state, Saving.Failure failure) {
    return RunResult.failed(
        state.committed(),
        failure.category(),
        "the final checkpoint, of step %d, could not be made: %s. %s; remove the cause and train on."
            .formatted(state.committed(), failure.message(), state.lastCheckpoint()));
  }

  private static void release(Turn turn, MeshEpoch mesh, RunResult result) {
    turn.order(mesh, new ReleaseRanks(mesh.fence()));
    stopping(turn, mesh, result);
  }

  private static void abort(Turn turn, MeshEpoch mesh, RunResult result) {
    turn.order(mesh, new AbortEpoch(mesh.fence(), result.message()));
    stopping(turn, mesh, result);
  }

  private static void stopping(Turn turn, MeshEpoch mesh, RunResult result) {
    turn.state =
        turn.state
            .withNothingBetween()
            .with(
                new Phase.Stopping(
                    mesh, result, RankSet.none(), turn.deadline(turn.settings.timeouts().stop())));
    finishIfDone(turn);
  }

  /** Asked to end: after the step under way, saved; asked again, at once. */
  static void stopRequested(Turn turn, String reason) {
    boolean again = turn.state.stop() != null;
    turn.state = turn.state.with(new RunState.Wishes(reason, turn.state.wishes().nodes()));
    turn.event(Severity.INFO, again ? "abort-requested" : "stop-requested", "reason", reason);
    long step = turn.state.committed();
    boolean saved = turn.state.published() == step;
    RunResult stopped = RunResult.stopped(step, reason);
    RunResult aborted = RunResult.aborted(step, reason);
    switch (turn.state.phase()) {
      case Phase.Gathering gathering when saved -> finish(turn, stopped);
      case Phase.Gathering gathering when again -> finish(turn, aborted);
      case Phase.Regrouping regrouping when saved -> finish(turn, stopped);
      case Phase.Regrouping regrouping when again -> finish(turn, aborted);
      case Phase.Starting starting when saved -> abort(turn, starting.mesh(), stopped);
      case Phase.Starting starting when again -> abort(turn, starting.mesh(), aborted);
      case Phase.Training training when again -> abort(turn, training.mesh(), aborted);
      case Phase.Pausing pausing when again -> abort(turn, pausing.mesh(), aborted);
      case Phase.Concluding concluding when again -> abort(turn, concluding.mesh(), aborted);
      case Phase.Stopping stopping when again -> finish(turn, stopping.result());
      default -> {}
    }
  }

  /** The run cannot go on. */
  static void fail(Turn turn, Category category, String message) {
    RunResult result = RunResult.failed(turn.state.committed(), category, message);
    turn.event(Severity.ERROR, "run-failed", "message", message);
    MeshEpoch mesh = turn.state.phase().mesh();
    if (mesh == null) {
      finish(turn, result);
    } else {
      abort(turn, mesh, result);
    }
  }

  /** Ranks have ended. */
  static void stopped(Turn turn, RankSet ranks) {
    if (turn.state.phase() instanceof Phase.Stopping stopping) {
      turn.state =
          turn.state.with(
              new Phase.Stopping(
                  stopping.mesh(),
                  stopping.result(),
                  stopping.stopped().plus(ranks),
                  stopping.deadline()));
      SaveRules.lost(turn, ranks, "stopped before its part was written");
      finishIfDone(turn);
    }
  }

  private static void finishIfDone(Turn turn) {
    if (turn.state.phase() instanceof Phase.Stopping stopping
        && stopping.stopped().size() == stopping.mesh().size()
        && (turn.state.saving() instanceof Saving.Idle
            || stopping.result().outcome() == Outcome.ABORTED)) {
      finish(turn, stopping.result());
    }
  }

  /** Says how the run ended, and that it did. */
  static void finish(Turn turn, RunResult result) {
    turn.state = turn.state.with(new Phase.Finished(result));
    turn.report(result);
    turn.add(new Effect.Finish(result));
  }
}
