package dev.troupe.coordinator.state;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.state.Saving.Idle;
import dev.troupe.coordinator.state.Saving.Publishing;
import dev.troupe.coordinator.state.Saving.Writing;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.DropSnapshot;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.WriteShard;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Checkpoints, one at a time, while training goes on. Ranks copy their state with the commit; the
 * store makes a folder meanwhile; ranks write into it in the background; the store publishes.
 *
 * <p>One that falls due while another is under way is taken at the first commit after that. One
 * that fails is a warning, and the next is taken when it is due.
 */
final class SaveRules {
  private SaveRules() {}

  /** Whether the commit of {@code step} takes a snapshot along. */
  static boolean atCommit(Turn turn, long step, boolean last) {
    int every = turn.settings.job().checkpoint().every();
    boolean due = every > 0 && step % every == 0;
    switch (turn.state.saving()) {
      case Idle idle -> {
        return due || last || idle.due();
      }
      case Writing writing when due ->
          turn.state =
              turn.state.with(
                  new Writing(
                      writing.step(),
                      writing.epoch(),
                      writing.began(),
                      writing.folder(),
                      writing.saved(),
                      writing.failed(),
                      true,
                      writing.deadline()));
      case Publishing publishing when due ->
          turn.state =
              turn.state.with(
                  new Publishing(
                      publishing.step(),
                      publishing.epoch(),
                      publishing.began(),
                      true,
                      publishing.deadline()));
      case Writing writing -> {}
      case Publishing publishing -> {}
    }
    if (due) {
      turn.event(Severity.INFO, "checkpoint-deferred", "step", step);
    }
    return false;
  }

  /** A snapshot of {@code step} has been ordered. */
  static void begin(Turn turn, long step) {
    turn.state =
        turn.state.with(
            new Writing(
                step,
                turn.state.fence().epoch(),
                turn.now,
                null,
                RankSet.none(),
                new TreeMap<>(),
                false,
                turn.deadline(turn.settings.timeouts().save())));
    turn.add(new Effect.BeginSave(step, turn.state.fence().epoch()));
  }

  static void begun(Turn turn, Event.SaveBegun begun) {
    MeshEpoch mesh = turn.state.phase().mesh();
    if (mesh != null
        && turn.state.saving() instanceof Writing writing
        && writing.step() == begun.step()
        && writing.epoch() == begun.epoch()
        && writing.folder() == null) {
      turn.state = turn.state.with(writing.into(begun.folder()));
      if (!(turn.state.phase() instanceof Phase.Stopping)) {
        turn.order(mesh, new WriteShard(mesh.fence(), begun.step(), begun.folder().toString()));
      }
    } else if (!writes(turn.state.saving(), begun)) {
      turn.add(new Effect.DiscardSave(begun.step(), begun.epoch(), "it was given up"));
    }
  }

  private static boolean writes(Saving saving, Event.SaveBegun begun) {
    return switch (saving) {
      case Idle idle -> false;
      case Writing writing -> writing.step() == begun.step() && writing.epoch() == begun.epoch();
      case Publishing publishing ->
          publishing.step() == begun.step() && publishing.epoch() == begun.epoch();
    };
  }

  /** The mesh ends: what its ranks were writing is given up, and is due again. */
  static void meshEnded(Turn turn) {
    if (turn.state.saving() instanceof Writing writing) {
      String why = "the mesh ended before it was written";
      if (writing.folder() != null) {
        turn.add(new Effect.DiscardSave(writing.step(), writing.epoch(), why));
      }
      turn.state = turn.state.with(new Idle(true, null));
      turn.event(Severity.INFO, "checkpoint-given-up", "step", writing.step(), "message", why);
    }
  }

  static void saved(Turn turn, NodeSaved report) {
    if (turn.state.saving() instanceof Writing writing && writing.step() == report.step()) {
      reported(turn, writing, report.saved(), report.failed());
    }
  }

  /** Ranks that are gone write no more. */
  static void lost(Turn turn, RankSet ranks, String why) {
    if (turn.state.saving() instanceof Writing writing) {
      TreeMap<Integer, String> failed = new TreeMap<>();
      ranks.list().forEach(rank -> failed.put(rank, why));
      reported(turn, writing, RankSet.none(), failed);
    }
  }

  private static void reported(
      Turn turn, Writing before, RankSet saved, SortedMap<Integer, String> failed) {
    Writing writing = before.with(saved, failed);
    turn.state = turn.state.with(writing);
    MeshEpoch mesh = turn.state.phase().mesh();
    if (mesh == null || writing.reported().size() < mesh.size()) {
      return;
    }
    if (!writing.failed().isEmpty()) {
      if (writing.folder() != null) {
        turn.add(new Effect.DiscardSave(writing.step(), writing.epoch(), writing.reasons()));
      }
      failed(turn, writing.step(), Category.RESOURCE, writing.reasons());
      return;
    }
    turn.state =
        turn.state.with(
            new Publishing(
                writing.step(),
                writing.epoch(),
                writing.began(),
                writing.due(),
                writing.deadline()));
    turn.add(
        new Effect.PublishSave(
            new CheckpointStore.Shards(
                writing.step(), writing.epoch(), mesh.mesh().tp(), mesh.mesh().dp())));
  }

  /** A checkpoint is there; one of a history that was left since does not count. */
  static void published(Turn turn, long step, Path path) {
    boolean counts = step > turn.state.published() && step <= turn.state.committed();
    RunState.Disk disk = counts ? new RunState.Disk(path, step) : turn.state.disk();
    if (turn.state.saving() instanceof Publishing publishing && publishing.step() == step) {
      turn.state = turn.state.with(disk).with(new Idle(publishing.due(), null));
      turn.report(new CheckpointRecord(step, path, turn.since(publishing.began())));
      EndRules.goOn(turn);
    } else if (turn.state.saving() instanceof Idle idle
        && idle.failure() != null
        && idle.failure().step() == step) {
      turn.state = turn.state.with(disk).with(new Idle(idle.due(), null)); // late
      turn.event(Severity.INFO, "checkpoint-late", "step", step, "path", path.toString());
    }
  }

  static void storeFailed(Turn turn, Event.StoreFailed failure) {
    long step = failure.step();
    switch (failure.operation()) {
      case BEGIN -> {
        if (turn.state.saving() instanceof Writing writing
            && writing.step() == step
            && writing.epoch() == failure.epoch()) {
          dropSnapshots(turn, step);
          failed(turn, step, failure.category(), failure.message());
        }
      }
      case PUBLISH -> {
        turn.add(new Effect.DiscardSave(step, failure.epoch(), failure.message()));
        if (turn.state.saving() instanceof Publishing publishing
            && publishing.step() == step
            && publishing.epoch() == failure.epoch()) {
          failed(turn, step, failure.category(), failure.message());
        }
      }
      case DISCARD ->
          turn.event(
              Severity.WARNING,
              "checkpoint-not-removed",
              "step",
              step,
              "message",
              failure.message());
      case FIND -> {
        if (turn.state.phase() instanceof Phase.Regrouping regrouping
            && regrouping.stage() == Phase.Stage.FINDING) {
          EndRules.fail(turn, failure.category(), failure.message());
        }
      }
    }
  }

  /** The store takes too long. It may still succeed, so nothing is removed. */
  static void publishingTimedOut(Turn turn, long step, String message) {
    failed(turn, step, Category.RESOURCE, message);
  }

  /** Ranks, or the store that makes their folder, take too long. */
  static void writingTimedOut(Turn turn, Writing writing, String message) {
    turn.add(new Effect.DiscardSave(writing.step(), writing.epoch(), message));
    dropSnapshots(turn, writing.step());
    failed(turn, writing.step(), Category.RESOURCE, message);
  }

  private static void dropSnapshots(Turn turn, long step) {
    MeshEpoch mesh = turn.state.phase().mesh();
    if (mesh != null) {
      turn.order(mesh, new DropSnapshot(mesh.fence(), step));
    }
  }

  private static void failed(Turn turn, long step, Category category, String message) {
    turn.state = turn.state.with(new Idle(false, new Saving.Failure(step, category, message)));
    turn.event(Severity.WARNING, "checkpoint-failed", "step", step, "message", message);
    EndRules.goOn(turn);
  }
}
