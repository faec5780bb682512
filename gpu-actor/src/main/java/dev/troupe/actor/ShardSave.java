package dev.troupe.actor;

import dev.troupe.train.Snapshot;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One rank's part of the checkpoint under way, there is one at most: it is ordered, the snapshot
 * and the folder come in either order, and then it is written. Used by the actor only.
 */
final class ShardSave {

  /**
   * A snapshot and where it goes.
   *
   * @param step its step
   * @param snapshot the state, to be freed by whoever writes it
   * @param folder where its files go
   */
  record Job(long step, Snapshot snapshot, Path folder) {}

  private enum Stage {
    NONE,
    /** The snapshot is being taken. */
    ORDERED,
    /** The snapshot is being taken, but nobody wants it any more. */
    UNWANTED,
    /** The snapshot is there, the folder is not. */
    HELD,
    WRITING
  }

  private Stage stage = Stage.NONE;
  private long step;
  private @Nullable Snapshot snapshot;
  private @Nullable Path folder;

  /** Whether the next checkpoint may begin. */
  boolean free() {
    return stage == Stage.NONE;
  }

  /** Whether files are being written. */
  boolean writing() {
    return stage == Stage.WRITING;
  }

  void ordered(long ofStep) {
    stage = Stage.ORDERED;
    step = ofStep;
    folder = null;
  }

  /** The snapshot is there; returns what is to be written now, if the folder is, too. */
  @Nullable Job taken(Snapshot taken) {
    if (stage == Stage.UNWANTED) {
      taken.close();
      stage = Stage.NONE;
      return null;
    }
    snapshot = taken;
    stage = Stage.HELD;
    return next();
  }

  /** The snapshot could not be taken; returns whether anybody waits for it. */
  boolean failed() {
    boolean wanted = stage == Stage.ORDERED;
    stage = Stage.NONE;
    return wanted;
  }

  /** The folder is there; returns what is to be written now, if the snapshot is, too. */
  @Nullable Job into(long ofStep, Path made) {
    if (ofStep != step || !(stage == Stage.ORDERED || stage == Stage.HELD)) {
      return null;
    }
    folder = made;
    return next();
  }

  private @Nullable Job next() {
    Snapshot held = snapshot;
    Path to = folder;
    if (stage != Stage.HELD || held == null || to == null) {
      return null;
    }
    stage = Stage.WRITING;
    snapshot = null;
    return new Job(step, held, to);
  }

  void written() {
    stage = Stage.NONE;
  }

  /** Gives up what is not being written yet; returns whether there was a snapshot to give up. */
  boolean drop(long ofStep) {
    if (ofStep != step || !(stage == Stage.ORDERED || stage == Stage.HELD)) {
      return false;
    }
    if (snapshot != null) {
      snapshot.close();
      snapshot = null;
    }
    stage = stage == Stage.HELD ? Stage.NONE : Stage.UNWANTED;
    return true;
  }

  /** The step of the checkpoint under way, or of the last one. */
  long step() {
    return step;
  }
}
