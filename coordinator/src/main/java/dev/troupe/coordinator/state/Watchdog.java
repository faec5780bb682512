package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.RankSet;
import java.time.Duration;

/** Ends what makes no progress: every wait of a run has a deadline. */
final class Watchdog {
  private Watchdog() {}

  static void tick(Turn turn) {
    checkSave(turn);
    Timeouts timeouts = turn.settings.timeouts();
    switch (turn.state.phase()) {
      case Phase.Gathering gathering ->
          MeshRules.gather(turn, gathering, turn.now > gathering.deadline());
      case Phase.Regrouping regrouping when turn.now > regrouping.deadline() ->
          RegroupRules.overdue(turn, regrouping);
      case Phase.Starting starting when turn.now > starting.deadline() ->
          silent(turn, starting.mesh(), starting.ready().ranks(), "become ready", timeouts.ready());
      case Phase.Training training when turn.now > training.deadline() ->
          silent(
              turn,
              training.mesh(),
              training.prepared().ranks(),
              "prepare step " + (turn.state.committed() + 1),
              timeouts.step());
      case Phase.Pausing pausing when turn.now > pausing.deadline() ->
          checkBetween(turn, pausing.mesh());
      case Phase.Concluding concluding when turn.now > concluding.deadline() ->
          checkBetween(turn, concluding.mesh());
      case Phase.Stopping stopping when turn.now > stopping.deadline() ->
          leaveBehind(turn, stopping);
      default -> {}
    }
  }

  private static void checkSave(Turn turn) {
    String late = " not done within " + Turn.text(turn.settings.timeouts().save());
    switch (turn.state.saving()) {
      case Saving.Writing writing when turn.now > writing.deadline() ->
          SaveRules.writingTimedOut(turn, writing, "writing was" + late);
      case Saving.Publishing publishing when turn.now > publishing.deadline() ->
          SaveRules.publishingTimedOut(turn, publishing.step(), "publishing was" + late);
      default -> {}
    }
  }

  private static void checkBetween(Turn turn, MeshEpoch mesh) {
    RunState.Validation validation = turn.state.validation();
    if (validation != null) {
      silent(
          turn,
          mesh,
          validation.losses().ranks(),
          "validate after step " + validation.step(),
          turn.settings.timeouts().step());
      return;
    }
    RunState.Sampling sampling = turn.state.sampling();
    if (sampling != null) {
      silent(
          turn,
          mesh,
          sampling.ranks(),
          "write the texts after step " + sampling.step(),
          turn.settings.timeouts().step());
    }
  }

  /** Who does not answer is made to retire, by force if need be, and the others go on. */
  private static void silent(
      Turn turn, MeshEpoch mesh, RankSet answered, String task, Duration timeout) {
    RankSet missing = RankSet.below(mesh.size()).minus(answered);
    RegroupRules.failed(
        turn,
        Category.PEER,
        "ranks %s did not %s within %s"
            .formatted(mesh.describe(missing.list()), task, Turn.text(timeout)),
        RankSet.none());
  }

  /** A checkpoint that ranks still write has a deadline of its own. */
  private static void leaveBehind(Turn turn, Phase.Stopping stopping) {
    if (turn.state.saving() instanceof Saving.Idle
        || stopping.result().outcome() == RunResult.Outcome.ABORTED) {
      RankSet missing = RankSet.below(stopping.mesh().size()).minus(stopping.stopped());
      turn.event(Severity.WARNING, "ranks-left-behind", "ranks", missing.toString());
      EndRules.finish(turn, with(stopping, missing));
    }
  }

  /** Who does not even stop is the likeliest cause of a failure. */
  private static RunResult with(Phase.Stopping stopping, RankSet missing) {
    RunResult result = stopping.result();
    Category category = result.category();
    if (category == null || missing.isEmpty()) {
      return result;
    }
    return RunResult.failed(
        result.step(),
        category,
        result.message()
            + "; ranks "
            + stopping.mesh().describe(missing.list())
            + " hang and were left behind");
  }
}
