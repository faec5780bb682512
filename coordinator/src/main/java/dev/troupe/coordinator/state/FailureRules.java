package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.plan.Place;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.Vote;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What becomes of a rank that fails, a replica that is damaged, and a step that is not finite. */
final class FailureRules {
  /** A failure that is not a peer's comes again and again if its cause lies in the job. */
  private static final int TRIES = 3;

  private static final int MOST_SKIPPED = 10;

  private FailureRules() {}

  static void rankFailed(Turn turn, RankFailed failure) {
    Phase phase = turn.state.phase();
    String message = "rank " + failure.rank() + ": " + failure.message();
    turn.event(
        failure.consequence() ? Severity.INFO : Severity.WARNING,
        "rank-failed",
        "rank",
        (long) failure.rank(),
        "message",
        message);
    if (phase instanceof Phase.Stopping) {
      return;
    }
    if (failure.consequence() || failure.category() == Category.PEER) {
      RegroupRules.failed(turn, Category.PEER, message, RankSet.none());
      return;
    }
    if (phase instanceof Phase.Starting starting) {
      startFailed(turn, starting, failure.category(), message);
    } else {
      again(turn, failure.category(), message);
    }
  }

  /** What a rank cannot load it may find elsewhere; what it cannot allocate, nowhere. */
  private static void startFailed(
      Turn turn, Phase.Starting starting, Category category, String message) {
    Health health = turn.state.health();
    if (category == Category.USAGE || category == Category.RESOURCE) {
      EndRules.fail(turn, category, message);
    } else if (starting.fromMemory()) {
      turn.state = turn.state.with(health.refusingMemory());
      again(turn, category, message);
    } else if (category == Category.DATA
        && (health.diskDoubted() || turn.state.disk().path() == null)) {
      EndRules.fail(turn, category, message);
    } else {
      turn.state = turn.state.with(health.doubtingDisk());
      again(turn, category, message);
    }
  }

  private static void again(Turn turn, Category category, String message) {
    turn.state = turn.state.with(turn.state.health().defective());
    if (turn.state.health().defects() > TRIES) {
      EndRules.fail(turn, category, message);
    } else {
      RegroupRules.failed(turn, category, message, RankSet.none());
    }
  }

  /** Replicas differ: those at fault are named, and start again from the others' memory. */
  static void damaged(Turn turn, MeshEpoch mesh, RankSet suspects) {
    for (int rank : suspects.list()) {
      Place place = mesh.places().get(rank);
      turn.state = turn.state.with(turn.state.health().damaged(place));
      turn.event(
          Severity.WARNING,
          "replica-damaged",
          "rank",
          (long) rank,
          "node",
          place.node(),
          "device",
          (long) place.device(),
          "step",
          turn.state.committed() + 1,
          "persistent",
          turn.state.health().persistent(place) ? "yes" : "no");
    }
    RegroupRules.failed(
        turn,
        Category.PEER,
        "the replica of ranks " + mesh.describe(suspects.list()) + " is damaged",
        suspects);
  }

  /** Ranks must find the same bits: those that differ from the majority are not believed. */
  static <T> void disagree(Turn turn, MeshEpoch mesh, String what, List<Vote<T>> votes) {
    List<Vote<T>> sorted = new ArrayList<>(votes);
    sorted.sort(Comparator.comparingInt((Vote<T> vote) -> vote.ranks().size()).reversed());
    StringBuilder text = new StringBuilder("ranks disagree on ").append(what).append(':');
    RankSet minority = RankSet.none();
    for (Vote<T> vote : sorted) {
      text.append(" ranks ")
          .append(mesh.describe(vote.ranks().list()))
          .append(" found ")
          .append(vote.value())
          .append(';');
      if (2 * vote.ranks().size() < mesh.size()) {
        minority = minority.plus(vote.ranks());
      }
    }
    text.append(" the step was not committed. A rank's memory, device or state is damaged.");
    turn.event(Severity.WARNING, "ranks-disagree", "message", text.toString());
    turn.state = turn.state.with(turn.state.health().defective());
    if (turn.state.health().defects() > TRIES) {
      EndRules.fail(turn, Category.PEER, text.toString());
    } else {
      RegroupRules.failed(turn, Category.PEER, text.toString(), minority);
    }
  }

  /** The step is never committed as it is; whether it is skipped is for the caller to do. */
  static boolean skips(Turn turn, long step, StepResult result) {
    Health health = turn.state.health();
    turn.event(
        Severity.WARNING,
        "step-not-finite",
        "step",
        step,
        "loss",
        result.loss(),
        "grad_norm",
        result.gradNorm());
    switch (turn.settings.job().integrity().nonFinite()) {
      case STOP -> EndRules.fail(turn, Category.DATA, diverged(turn.state, step, result));
      case RETRY -> {
        if (health.nonFiniteStep() == step) {
          EndRules.fail(turn, Category.DATA, diverged(turn.state, step, result));
        } else {
          turn.state = turn.state.with(health.nonFinite(step));
          RegroupRules.failed(
              turn, Category.DATA, "step " + step + " was not finite", RankSet.none());
        }
      }
      case SKIP -> {
        if (health.skipped() >= MOST_SKIPPED) {
          EndRules.fail(turn, Category.DATA, diverged(turn.state, step, result));
        } else {
          turn.event(Severity.WARNING, "step-skipped", "step", step);
          return true;
        }
      }
    }
    return false;
  }

  private static String diverged(RunState state, long step, StepResult result) {
    return ("step %d: the loss is %s and the gradient norm is %s; the step was not committed. %s."
            + " Train on from there with a lower train.lr, a longer train.warmup or a lower"
            + " train.clip.")
        .formatted(step, result.loss(), result.gradNorm(), state.lastCheckpoint());
  }
}
