package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.simulation.SimDisk.Shard;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One rank's part of the checkpoint under way: it is ordered, the snapshot and the folder come in
 * either order, then it is written in the background.
 */
final class Saver {
  private enum Stage {
    NONE,
    ORDERED,
    UNWANTED,
    HELD,
    WRITING
  }

  private final World world;
  private final Process process;
  private final int rank;
  private final BiConsumer<Long, @Nullable String> written;
  private Stage stage = Stage.NONE;
  private long step;
  private @Nullable Shard snapshot;
  private @Nullable String folder;

  /**
   * Nothing ordered.
   *
   * @param written told of a step whose files are written, or why they are not
   */
  Saver(World world, Process process, int rank, BiConsumer<Long, @Nullable String> written) {
    this.world = world;
    this.process = process;
    this.rank = rank;
    this.written = written;
  }

  boolean free() {
    return stage == Stage.NONE;
  }

  long step() {
    return step;
  }

  void ordered(long ofStep) {
    stage = Stage.ORDERED;
    step = ofStep;
    folder = null;
  }

  void taken(Shard shard) {
    if (stage == Stage.UNWANTED) {
      stage = Stage.NONE;
    } else {
      snapshot = shard;
      stage = Stage.HELD;
      next();
    }
  }

  /** The snapshot could not be taken; returns whether anybody waits for it. */
  boolean failed() {
    boolean wanted = stage == Stage.ORDERED;
    stage = Stage.NONE;
    return wanted;
  }

  void into(long ofStep, String made) {
    if (ofStep == step && (stage == Stage.ORDERED || stage == Stage.HELD)) {
      folder = made;
      next();
    }
  }

  /** Gives up what is not being written yet; returns whether there was something to give up. */
  boolean drop(long ofStep) {
    if (ofStep != step || !(stage == Stage.ORDERED || stage == Stage.HELD)) {
      return false;
    }
    snapshot = null;
    stage = stage == Stage.HELD ? Stage.NONE : Stage.UNWANTED;
    return true;
  }

  private void next() {
    Shard held = snapshot;
    String to = folder;
    if (stage == Stage.HELD && held != null && to != null) {
      stage = Stage.WRITING;
      snapshot = null;
      process.after(world.between(20, 400), () -> write(to, held));
    }
  }

  private void write(String to, Shard held) {
    String error = world.disk.write(to, rank, held);
    stage = Stage.NONE;
    written.accept(held.step(), error);
  }
}
