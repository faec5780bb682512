package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunResult.Outcome;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.message.TakeSnapshot;
import java.util.List;
import java.util.TreeMap;

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

  /** A validation or a checkpoint ended: does what was waiting for it. */
  static void goOn(Turn turn) {
    switch (turn.state.phase()) {
      case Phase.Concluding concluding -> goOn(turn, concluding);
      case Phase.Stopping stopping -> finishIfDone(turn);
      default -> {}
    }
  }

  private static void goOn(Turn turn, Phase.Concluding concluding) {
    RunState state = turn.state;
    MeshEpoch mesh = concluding.mesh();
    if (state.validation() != null || !(state.saving() instanceof Saving.Idle idle)) {
      return;
    }
    if (state.published() == state.committed()) {
      release(turn, mesh, concluding.result());
    } else if (idle.failure() != null && idle.failure().step() == state.committed()) {
      release(turn, mesh, unsaved(state, idle.failure()));
    } else {
      turn.order(mesh, new TakeSnapshot(mesh.fence(), state.committed()));
      SaveRules.begin(turn, state.committed());
    }
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
    stopping(turn, mesh, result, false, RankSet.none());
  }

  private static void abort(
      Turn turn, MeshEpoch mesh, RunResult result, boolean consequence, RankSet gone) {
    turn.order(mesh, new AbortEpoch(mesh.fence(), result.message()));
    stopping(turn, mesh, result, consequence, gone);
  }

  private static void stopping(
      Turn turn, MeshEpoch mesh, RunResult result, boolean consequence, RankSet gone) {
    turn.state =
        turn.state
            .with((RunState.Validation) null)
            .with(
                new Phase.Stopping(
                    mesh,
                    result,
                    consequence,
                    gone,
                    turn.deadline(turn.settings.timeouts().stop())));
    finishIfDone(turn);
  }

  static void stopRequested(Turn turn, String reason) {
    boolean again = turn.state.stop() != null;
    turn.state = turn.state.withStop(reason);
    turn.event(Severity.INFO, again ? "abort-requested" : "stop-requested", "reason", reason);
    long step = turn.state.committed();
    switch (turn.state.phase()) {
      case Phase.Gathering gathering -> finish(turn, RunResult.stopped(step, reason));
      case Phase.Starting starting ->
          abort(turn, starting.mesh(), RunResult.stopped(step, reason), false, RankSet.none());
      case Phase.Training training when again ->
          abort(turn, training.mesh(), RunResult.aborted(step, reason), false, RankSet.none());
      case Phase.Concluding concluding when again ->
          abort(turn, concluding.mesh(), RunResult.aborted(step, reason), false, RankSet.none());
      case Phase.Stopping stopping when again -> finish(turn, stopping.result());
      default -> {}
    }
  }

  static void rankFailed(Turn turn, RankFailed failure) {
    String message = "rank " + failure.rank() + ": " + failure.message();
    if (turn.state.phase() instanceof Phase.Stopping stopping) {
      boolean cause = stopping.consequence() && !failure.consequence();
      if (cause) {
        RunResult result = RunResult.failed(turn.state.committed(), failure.category(), message);
        turn.state =
            turn.state.with(
                new Phase.Stopping(
                    stopping.mesh(), result, false, stopping.stopped(), stopping.deadline()));
      }
      if (cause || !failure.consequence()) {
        turn.event(Severity.ERROR, "rank-failed", "message", message);
      }
      return;
    }
    fail(turn, failure.category(), message, failure.consequence(), RankSet.none());
  }

  static void lost(Turn turn, String node, String why) {
    TreeMap<String, NodeInfo> members = new TreeMap<>(turn.state.members());
    if (members.remove(node) == null) {
      return;
    }
    turn.state = turn.state.with(members);
    turn.event(Severity.WARNING, "node-lost", "node", node);
    MeshEpoch mesh = turn.state.phase().mesh();
    List<RankPlace> places = mesh == null ? null : mesh.byNode().get(node);
    if (places == null) {
      return;
    }
    RankSet gone = RankSet.of(places.stream().map(RankPlace::rank).toList());
    String message =
        "node " + node + " is gone, with ranks " + gone + (why.isEmpty() ? "" : ": " + why);
    if (turn.state.phase() instanceof Phase.Stopping) {
      stopped(turn, gone);
    } else {
      fail(turn, Category.PEER, message, false, gone);
      SaveRules.lost(turn, gone, message);
    }
  }

  /** Nobody is to wait for a node that ended before it registered. */
  static void neverCame(Turn turn, String node, String why) {
    if (turn.state.phase() instanceof Phase.Gathering) {
      fail(turn, Category.PEER, "node " + node + " did not start: " + why);
    }
  }

  static void drain(Turn turn, String node, String reason) {
    MeshEpoch mesh = turn.state.phase().mesh();
    turn.event(Severity.INFO, "drain-requested", "node", node, "reason", reason);
    if (mesh != null && mesh.byNode().containsKey(node)) {
      if (turn.state.stop() == null) {
        stopRequested(turn, "node " + node + " is drained (" + reason + ")");
      }
      return;
    }
    TreeMap<String, NodeInfo> members = new TreeMap<>(turn.state.members());
    if (members.remove(node) != null) {
      turn.state = turn.state.with(members);
      turn.add(
          new Effect.Order(
              List.of(node), new RunEnded(turn.state.fence(), 0, "drained: " + reason)));
    }
  }

  static void fail(Turn turn, Category category, String message) {
    fail(turn, category, message, false, RankSet.none());
  }

  /** Ranks did not answer in time: they are not waited for either. */
  static void silent(Turn turn, RankSet ranks, String message) {
    fail(turn, Category.PEER, message);
    SaveRules.lost(turn, ranks, "did not answer");
  }

  private static void fail(
      Turn turn, Category category, String message, boolean consequence, RankSet gone) {
    RunResult result = RunResult.failed(turn.state.committed(), category, message);
    turn.event(Severity.ERROR, "run-failed", "message", message);
    MeshEpoch mesh = turn.state.phase().mesh();
    if (mesh == null) {
      finish(turn, result);
    } else {
      abort(turn, mesh, result, consequence, gone);
    }
  }

  static void stopped(Turn turn, RankSet ranks) {
    if (turn.state.phase() instanceof Phase.Stopping stopping) {
      turn.state =
          turn.state.with(
              new Phase.Stopping(
                  stopping.mesh(),
                  stopping.result(),
                  stopping.consequence(),
                  stopping.stopped().plus(ranks),
                  stopping.deadline()));
      SaveRules.lost(turn, ranks, "stopped before its part was written");
      finishIfDone(turn);
    }
  }

  /** Ends once all ranks stopped and the checkpoint under way is done, which an abort gives up. */
  private static void finishIfDone(Turn turn) {
    if (turn.state.phase() instanceof Phase.Stopping stopping
        && stopping.stopped().size() == stopping.mesh().size()
        && (turn.state.saving() instanceof Saving.Idle
            || stopping.result().outcome() == Outcome.ABORTED)) {
      finish(turn, stopping.result());
    }
  }

  static void finish(Turn turn, RunResult result) {
    turn.state = turn.state.with(new Phase.Finished(result));
    turn.report(result);
    turn.add(new Effect.Finish(result));
  }
}
