package dev.troupe.coordinator.state;

import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.Tally;
import java.nio.file.Path;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * All the coordinator knows; immutable. Times are in nanoseconds of the caller's clock.
 *
 * @param fence the current mesh's, or that of the last one while there is none
 * @param nodes the nodes that can be reached
 * @param phase where the run stands
 * @param committed last committed step
 * @param committedIn epoch of the mesh that prepared that step
 * @param committing the step that is on its way into the journal; null: none
 * @param appending the record that the journal has not answered yet; null: none
 * @param validation the held-out loss under way; null: none
 * @param saving the checkpoint under way
 * @param disk the newest checkpoint that is known to be published
 * @param wishes what people asked for
 * @param health what went wrong so far
 * @param pace how busy the mesh's ranks are
 */
public record RunState(
    Fence fence,
    Members nodes,
    Phase phase,
    long committed,
    long committedIn,
    @Nullable Committing committing,
    @Nullable JournalRecord appending,
    @Nullable Validation validation,
    Saving saving,
    Disk disk,
    Wishes wishes,
    Health health,
    Pace pace) {

  /**
   * A validation under way.
   *
   * @param step the committed step
   * @param began when it was ordered
   * @param losses what ranks have found so far
   */
  public record Validation(long step, long began, Tally<Double> losses) {}

  /**
   * The newest checkpoint.
   *
   * @param path its folder; null: there is none, the state is the initial weights
   * @param step its committed steps
   */
  public record Disk(@Nullable Path path, long step) {}

  /**
   * What people asked for.
   *
   * @param stop why the run is to end after the step under way; null: it is not
   * @param nodes number of nodes that are to train; 0: nobody asked
   */
  public record Wishes(@Nullable String stop, int nodes) {
    /** Nobody asked for anything. */
    static Wishes none() {
      return new Wishes(null, 0);
    }
  }

  /** Checks what always holds. */
  public RunState {
    if (disk.step() > committed) {
      throw new IllegalArgumentException("published " + disk.step() + " > committed " + committed);
    }
  }

  /** What the nodes are and offer, by name. */
  public SortedMap<String, NodeInfo> members() {
    return nodes.infos();
  }

  /** The step of the newest checkpoint. */
  public long published() {
    return disk.step();
  }

  /** Why the run is to end after the step under way; null: it is not. */
  public @Nullable String stop() {
    return wishes.stop();
  }

  /** For people: what there is to go on from. */
  String lastCheckpoint() {
    return disk.step() == 0
        ? "There is no checkpoint yet"
        : "The last checkpoint has step " + disk.step();
  }

  RunState with(Fence next) {
    return new RunState(
        next,
        nodes,
        phase,
        committed,
        committedIn,
        committing,
        appending,
        validation,
        saving,
        disk,
        wishes,
        health,
        pace);
  }

  RunState with(Members next) {
    return new RunState(
        fence,
        next,
        phase,
        committed,
        committedIn,
        committing,
        appending,
        validation,
        saving,
        disk,
        wishes,
        health,
        pace);
  }

  RunState with(Phase next) {
    return new RunState(
        fence,
        nodes,
        next,
        committed,
        committedIn,
        committing,
        appending,
        validation,
        saving,
        disk,
        wishes,
        health,
        pace);
  }

  RunState with(@Nullable Committing next) {
    return new RunState(
        fence,
        nodes,
        phase,
        committed,
        committedIn,
        next,
        appending,
        validation,
        saving,
        disk,
        wishes,
        health,
        pace);
  }

  RunState withAppending(@Nullable JournalRecord next) {
    return new RunState(
        fence,
        nodes,
        phase,
        committed,
        committedIn,
        committing,
        next,
        validation,
        saving,
        disk,
        wishes,
        health,
        pace);
  }

  RunState with(@Nullable Validation next) {
    return new RunState(
        fence,
        nodes,
        phase,
        committed,
        committedIn,
        committing,
        appending,
        next,
        saving,
        disk,
        wishes,
        health,
        pace);
  }

  RunState with(Saving next) {
    return new RunState(
        fence,
        nodes,
        phase,
        committed,
        committedIn,
        committing,
        appending,
        validation,
        next,
        disk,
        wishes,
        health,
        pace);
  }

  RunState with(Disk next) {
    return new RunState(
        fence,
        nodes,
        phase,
        committed,
        committedIn,
        committing,
        appending,
        validation,
        saving,
        next,
        wishes,
        health,
        pace);
  }

  RunState with(Wishes next) {
    return new RunState(
        fence,
        nodes,
        phase,
        committed,
        committedIn,
        committing,
        appending,
        validation,
        saving,
        disk,
        next,
        health,
        pace);
  }

  RunState with(Health next) {
    return new RunState(
        fence,
        nodes,
        phase,
        committed,
        committedIn,
        committing,
        appending,
        validation,
        saving,
        disk,
        wishes,
        next,
        pace);
  }

  RunState with(Pace next) {
    return new RunState(
        fence,
        nodes,
        phase,
        committed,
        committedIn,
        committing,
        appending,
        validation,
        saving,
        disk,
        wishes,
        health,
        next);
  }

  /** With {@code step} committed, which the mesh {@code epoch} prepared. */
  RunState withCommitted(long step, long epoch) {
    return new RunState(
        fence,
        nodes,
        phase,
        step,
        epoch,
        null,
        appending,
        validation,
        saving,
        disk,
        wishes,
        health,
        pace);
  }

  /** Goes back to what is on disk. */
  RunState rolledBack(Disk to) {
    return new RunState(
        fence,
        nodes,
        phase,
        to.step(),
        0,
        null,
        appending,
        validation,
        saving,
        to,
        wishes,
        health,
        pace);
  }
}
