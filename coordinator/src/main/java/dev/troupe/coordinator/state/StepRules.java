package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.state.RunState.Validation;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeValidated;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.Tally;
import dev.troupe.proto.message.Vote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** From a prepared step to a committed one, and the held-out loss in between. */
final class StepRules {
  private StepRules() {}

  static void prepared(Turn turn, NodePrepared report) {
    if (turn.state.phase() instanceof Phase.Training training
        && report.step() == turn.state.committed() + 1) {
      turn.state =
          turn.state.with(
              new Phase.Training(
                  training.mesh(),
                  training.began(),
                  training.prepared().plus(report.votes()),
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
    Tally<Double> losses = validation.losses().plus(report.votes());
    turn.state = turn.state.with(new Validation(validation.step(), validation.began(), losses));
    if (losses.ranks().size() < mesh.size()) {
      return;
    }
    if (losses.votes().size() > 1) {
      disagree(turn, mesh, "the held-out loss after step " + validation.step(), losses.votes());
      return;
    }
    turn.state = turn.state.with((Validation) null);
    turn.report(
        new ValidationRecord(
            validation.step(),
            losses.votes().getFirst().value(),
            turn.since(validation.began()),
            mesh.fence().epoch()));
    switch (turn.state.phase()) {
      case Phase.Training training -> {
        turn.state =
            turn.state.with(
                new Phase.Training(
                    mesh,
                    turn.now,
                    training.prepared(),
                    turn.deadline(turn.settings.timeouts().step())));
        decide(turn);
      }
      case Phase.Concluding concluding -> EndRules.goOn(turn);
      default -> {}
    }
  }

  /** Commits the step under way once every rank has prepared it, and orders what follows. */
  private static void decide(Turn turn) {
    if (!(turn.state.phase() instanceof Phase.Training training)
        || turn.state.validation() != null
        || training.prepared().ranks().size() < training.mesh().size()) {
      return;
    }
    MeshEpoch mesh = training.mesh();
    long step = turn.state.committed() + 1;
    List<Vote<StepResult>> votes = training.prepared().votes();
    StepResult result = votes.getFirst().value();
    if (votes.size() > 1) {
      disagree(turn, mesh, "step " + step, votes);
    } else if (!result.finite()) {
      EndRules.fail(turn, Category.DATA, diverged(turn.state, step, result));
    } else {
      commit(turn, training, step, result);
    }
  }

  private static void commit(Turn turn, Phase.Training training, long step, StepResult result) {
    MeshEpoch mesh = training.mesh();
    long steps = turn.settings.job().train().steps();
    boolean last = step >= steps || turn.state.stop() != null;
    boolean validate = validationDue(turn, step, steps);
    turn.state = turn.state.withCommitted(step);
    boolean snapshot = SaveRules.atCommit(turn, step, last);
    turn.order(mesh, new CommitStep(mesh.fence(), step, true, snapshot, validate, !last));
    if (snapshot) {
      SaveRules.begin(turn, step);
    }
    if (validate) {
      turn.state = turn.state.with(new Validation(step, turn.now, Tally.empty()));
    }
    turn.report(
        new StepRecord(
            step,
            result.loss(),
            result.gradNorm(),
            result.lr(),
            result.tokens(),
            turn.since(training.began()),
            mesh.fence().epoch(),
            mesh.mesh().tp(),
            mesh.mesh().dp()));
    if (!last) {
      turn.state =
          turn.state.with(
              new Phase.Training(
                  mesh, turn.now, Tally.empty(), turn.deadline(turn.settings.timeouts().step())));
      return;
    }
    String stop = turn.state.stop();
    EndRules.conclude(
        turn,
        mesh,
        step >= steps || stop == null ? RunResult.completed(step) : RunResult.stopped(step, stop));
  }

  /** Every N steps, and after the run's last one. */
  private static boolean validationDue(Turn turn, long step, long steps) {
    int every = turn.settings.job().data().validation().every();
    return every > 0 && (step % every == 0 || step == steps);
  }

  private static String diverged(RunState state, long step, StepResult result) {
    return ("step %d: the loss is %s and the gradient norm is %s; the step was not committed. %s."
            + " Train on from there with a lower train.lr, a longer train.warmup or a lower"
            + " train.clip.")
        .formatted(step, result.loss(), result.gradNorm(), state.lastCheckpoint());
  }

  /** Ranks must find the same bits: names those that differ from the majority. */
  private static <T> void disagree(Turn turn, MeshEpoch mesh, String what, List<Vote<T>> votes) {
    List<Vote<T>> sorted = new ArrayList<>(votes);
    sorted.sort(Comparator.comparingInt((Vote<T> vote) -> vote.ranks().size()).reversed());
    StringBuilder text = new StringBuilder("ranks disagree on ").append(what).append(':');
    for (Vote<T> vote : sorted) {
      text.append(" ranks ")
          .append(mesh.describe(vote.ranks().list()))
          .append(" found ")
          .append(vote.value())
          .append(';');
    }
    text.append(" the step was not committed. A rank's memory, device or state is damaged.");
    EndRules.fail(turn, Category.PEER, text.toString());
  }
}
