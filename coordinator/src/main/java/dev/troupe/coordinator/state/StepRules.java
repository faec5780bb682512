package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.state.RunState.Validation;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.CommittedStep;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeValidated;
import dev.troupe.proto.message.RankTime;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.Tally;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.message.Vote;
import dev.troupe.proto.spec.ValidationSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * From a prepared step to a committed one, and the held-out loss in between. A step is committed
 * when the journal has it; ranks are told afterwards.
 */
final class StepRules {
  private StepRules() {}

  static void prepared(Turn turn, NodePrepared report) {
    if (turn.state.phase() instanceof Phase.Training training
        && report.step() == turn.state.committed() + 1) {
      List<RankTime> busy = new ArrayList<>(training.busy());
      busy.addAll(report.busy());
      turn.state =
          turn.state.with(
              new Phase.Training(
                  training.mesh(),
                  training.began(),
                  training.prepared().plus(report.votes()),
                  training.suspects().plus(report.suspects()),
                  busy,
                  training.deadline()));
      decide(turn);
    }
  }

  static void validated(Turn turn, NodeValidated report) {
    Validation validation = turn.state.validation();
    MeshEpoch mesh = turn.state.phase().mesh();
    if (validation == null || mesh == null || report.step() != validation.step()) {
      return;
    }
    Tally<ValidationResult> losses = validation.losses().plus(report.votes());
    turn.state = turn.state.with(new Validation(validation.step(), validation.began(), losses));
    if (losses.ranks().size() < mesh.size()) {
      return;
    }
    if (losses.votes().size() > 1) {
      FailureRules.disagree(
          turn, mesh, "the held-out losses after step " + validation.step(), losses.votes());
      return;
    }
    turn.state = turn.state.with((Validation) null);
    ValidationResult found = losses.votes().getFirst().value();
    turn.report(
        new ValidationRecord(
            validation.step(),
            found.loss(),
            turn.since(validation.began()),
            mesh.fence().epoch(),
            byName(turn, found.sets())));
    goOn(turn, mesh);
  }

  /** What was under way between two steps is done; it does not count as the next one's time. */
  static void goOn(Turn turn, MeshEpoch mesh) {
    if (turn.state.phase() instanceof Phase.Training training) {
      turn.state =
          turn.state.with(
              new Phase.Training(
                  mesh,
                  turn.now,
                  training.prepared(),
                  training.suspects(),
                  training.busy(),
                  turn.deadline(turn.settings.timeouts().step())));
      decide(turn);
    } else {
      EndRules.goOn(turn);
    }
  }

  private static SequencedMap<String, Double> byName(Turn turn, List<Double> losses) {
    List<ValidationSet> sets = turn.settings.job().data().validation().sets();
    SequencedMap<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(sets.size(), losses.size()); i++) {
      named.put(sets.get(i).name(), losses.get(i));
    }
    return named;
  }

  /** Puts the step under way into the journal once every rank has prepared it. */
  private static void decide(Turn turn) {
    if (!(turn.state.phase() instanceof Phase.Training training)
        || turn.state.betweenSteps()
        || turn.state.committing() != null
        || training.prepared().ranks().size() < training.mesh().size()) {
      return;
    }
    MeshEpoch mesh = training.mesh();
    long step = turn.state.committed() + 1;
    List<Vote<StepResult>> votes = training.prepared().votes();
    StepResult result = votes.getFirst().value();
    if (!training.suspects().isEmpty()) {
      FailureRules.damaged(turn, mesh, training.suspects());
    } else if (votes.size() > 1) {
      FailureRules.disagree(turn, mesh, "step " + step, votes);
    } else if (result.finite() || FailureRules.skips(turn, step, result)) {
      Committing committing =
          new Committing(
              step, result, result.finite(), turn.since(training.began()), mesh, training.busy());
      turn.state = turn.state.with(committing);
      JournalRules.step(turn, committing.commit());
    }
  }

  /** The step is in the journal: it is committed, whatever becomes of this mesh. */
  static void journalled(Turn turn, Committing committing) {
    long step = committing.step();
    MeshEpoch mesh = committing.mesh();
    Health before = turn.state.health();
    boolean first = turn.state.pace().steps() == 0;
    turn.state =
        turn.state
            .withCommitted(committing.commit())
            .with(before.committed(step, committing.update()))
            .with(turn.state.pace().plus(committing.busy(), turn.now));
    boolean current =
        turn.state.phase() instanceof Phase.Training training
            && training.mesh().fence().equals(mesh.fence());
    Next next = current ? order(turn, committing, mesh) : null; // ranks wait, people do not
    if (first) {
      recovered(turn, before, step);
    }
    report(turn);
    nameStragglers(turn, mesh);
    if (next != null) {
      follow(turn, mesh, step, next);
    }
  }

  /** Tells of the last committed step, where there is something to tell. */
  static void report(Turn turn) {
    RunState.Commit last = turn.state.last();
    CommittedStep numbers = last.numbers();
    if (numbers != null) {
      StepResult result = numbers.result();
      turn.report(
          new StepRecord(
              last.step(),
              result.loss(),
              result.gradNorm(),
              result.lr(),
              result.tokens(),
              numbers.seconds(),
              last.epoch(),
              numbers.tp(),
              numbers.dp(),
              result.sourceLosses()));
    }
  }

  /** What comes after a committed step. */
  private record Next(
      boolean last, Change change, boolean validate, boolean snapshot, boolean sample) {}

  private static Next order(Turn turn, Committing committing, MeshEpoch mesh) {
    long step = committing.step();
    long steps = turn.settings.job().train().steps();
    boolean last = step >= steps || turn.state.stop() != null;
    Change change = last ? Change.NONE : Change.of(turn, mesh);
    boolean validate = change != Change.NOW && validationDue(turn, step, steps);
    boolean snapshot =
        change != Change.NOW && SaveRules.atCommit(turn, step, last || change == Change.WHEN_SAVED);
    boolean sample = change != Change.NOW && SampleRules.due(turn, step, steps);
    boolean prepare = !last && change == Change.NONE;
    turn.order(
        mesh,
        new CommitStep(
            mesh.fence(), step, committing.update(), snapshot, validate, prepare, sample));
    return new Next(last, change, validate, snapshot, sample);
  }

  private static void follow(Turn turn, MeshEpoch mesh, long step, Next next) {
    if (next.snapshot()) {
      SaveRules.begin(turn, step);
    }
    if (next.validate()) {
      turn.state = turn.state.with(new Validation(step, turn.now, Tally.empty()));
    }
    if (next.sample()) {
      SampleRules.begin(turn, step);
    }
    if (next.last()) {
      String stop = turn.state.stop();
      EndRules.conclude(
          turn,
          mesh,
          step >= turn.settings.job().train().steps() || stop == null
              ? RunResult.completed(step)
              : RunResult.stopped(step, stop));
      return;
    }
    switch (next.change()) {
      case NONE ->
          turn.state =
              turn.state.with(
                  Phase.Training.begin(
                      mesh, turn.now, turn.deadline(turn.settings.timeouts().step())));
      case NOW -> RegroupRules.planned(turn, "another mesh fits the nodes better");
      case WHEN_SAVED ->
          EndRules.pause(turn, mesh, "nodes leave, and what they hold is saved first");
    }
  }

  /** Every N steps, and after the run's last one. */
  private static boolean validationDue(Turn turn, long step, long steps) {
    int every = turn.settings.job().data().validation().every();
    return every > 0 && (step % every == 0 || step == steps);
  }

  private static void recovered(Turn turn, Health health, long step) {
    if (health.regroups() > 0) {
      turn.event(
          Severity.INFO,
          "recovered",
          "step",
          step,
          "seconds",
          turn.since(health.brokenAt()),
          "steps_recomputed",
          Math.max(0, health.brokenStep() - step + 1),
          "epoch",
          turn.state.fence().epoch());
    }
  }

  private static void nameStragglers(Turn turn, MeshEpoch mesh) {
    for (Pace.Straggler straggler : turn.state.pace().stragglers()) {
      turn.event(
          Severity.WARNING,
          "straggler",
          "rank",
          (long) straggler.rank(),
          "node",
          mesh.places().get(straggler.rank()).node(),
          "ratio",
          straggler.ratio(),
          "step",
          turn.state.committed());
    }
  }
}
