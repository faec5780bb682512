package dev.troupe.coordinator.state;

import dev.troupe.proto.message.CommittedStep;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.Tally;
import dev.troupe.proto.message.ValidationResult;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All the coordinator knows; immutable. Times are in nanoseconds of the caller's clock.
 *
 * @param fence the current mesh's, or that of the last one while there is none
 * @param nodes the nodes that can be reached
 * @param phase where the run stands
 * @param last the last committed step
 * @param committing the step that is on its way into the journal; null: none
 * @param appending the record that the journal has not answered yet; null: none
 * @param validation the held-out loss under way; null: none
 * @param sampling the texts under way; null: none
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
    Commit last,
    @Nullable Committing committing,
    @Nullable JournalRecord appending,
    @Nullable Validation validation,
    @Nullable Sampling sampling,
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
  public record Validation(long step, long began, Tally<ValidationResult> losses) {}

  /**
   * Texts under way.
   *
   * @param step the committed step
   * @param began when they were ordered
   * @param ranks who has taken its part
   * @param texts what was written so far, by the place of the prompt
   */
  public record Sampling(long step, long began, RankSet ranks, SortedMap<Integer, String> texts) {
    Sampling plus(RankSet more, SortedMap<Integer, String> written) {
      SortedMap<Integer, String> all = new TreeMap<>(texts);
      written.forEach(all::putIfAbsent);
      return new Sampling(step, began, ranks.plus(more), all);
    }
  }

  /**
   * The newest checkpoint.
   *
   * @param path its folder; null: there is none, the state is the initial weights
   * @param step its committed steps
   */
  public record Disk(@Nullable Path path, long step) {}

  /**
   * A committed step.
   *
   * @param step its number; 0: none yet
   * @param epoch epoch of the mesh that prepared it; 0: it comes from a checkpoint
   * @param numbers what it came to; null: that is not known
   */
  public record Commit(long step, long epoch, @Nullable CommittedStep numbers) {
    /** What a checkpoint has. */
    static Commit of(Disk disk) {
      return new Commit(disk.step(), 0, null);
    }
  }

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
    if (disk.step() > last.step()) {
      throw new IllegalArgumentException(
          "published " + disk.step() + " > committed " + last.step());
    }
  }

  /** The last committed step. */
  public long committed() {
    return last.step();
  }

  /** Whether something goes on between two steps that the next one waits for. */
  boolean betweenSteps() {
    return validation != null || sampling != null;
  }

  /** With nothing between two steps. */
  RunState withNothingBetween() {
    return changed(
        draft -> {
          draft.validation = null;
          draft.sampling = null;
        });
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
    return changed(draft -> draft.fence = next);
  }

  RunState with(Members next) {
    return changed(draft -> draft.nodes = next);
  }

  RunState with(Phase next) {
    return changed(draft -> draft.phase = next);
  }

  RunState with(@Nullable Committing next) {
    return changed(draft -> draft.committing = next);
  }

  RunState with(@Nullable Validation next) {
    return changed(draft -> draft.validation = next);
  }

  RunState with(@Nullable Sampling next) {
    return changed(draft -> draft.sampling = next);
  }

  RunState with(Saving next) {
    return changed(draft -> draft.saving = next);
  }

  RunState with(Disk next) {
    return changed(draft -> draft.disk = next);
  }

  RunState with(Wishes next) {
    return changed(draft -> draft.wishes = next);
  }

  RunState with(Health next) {
    return changed(draft -> draft.health = next);
  }

  RunState with(Pace next) {
    return changed(draft -> draft.pace = next);
  }

  RunState withAppending(@Nullable JournalRecord next) {
    return changed(draft -> draft.appending = next);
  }

  /** With a step committed; none is on its way any more. */
  RunState withCommitted(Commit commit) {
    return changed(
        draft -> {
          draft.last = commit;
          draft.committing = null;
        });
  }

  /** Goes back to what is on disk. */
  RunState rolledBack(Disk to) {
    return changed(
        draft -> {
          draft.last = Commit.of(to);
          draft.committing = null;
          draft.disk = to;
        });
  }

  private RunState changed(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.state();
  }

  /** A copy to change, so that a change names nothing else. */
  private static final class Draft {
    Fence fence;
    Members nodes;
    Phase phase;
    Commit last;
    @Nullable Committing committing;
    @Nullable JournalRecord appending;
    @Nullable Validation validation;
    @Nullable Sampling sampling;
    Saving saving;
    Disk disk;
    Wishes wishes;
    Health health;
    Pace pace;

    Draft(RunState from) {
      fence = from.fence;
      nodes = from.nodes;
      phase = from.phase;
      last = from.last;
      committing = from.committing;
      appending = from.appending;
      validation = from.validation;
      sampling = from.sampling;
      saving = from.saving;
      disk = from.disk;
      wishes = from.wishes;
      health = from.health;
      pace = from.pace;
    }

    RunState state() {
      return new RunState(
          fence,
          nodes,
          phase,
          last,
          committing,
          appending,
          validation,
          sampling,
          saving,
          disk,
          wishes,
          health,
          pace);
    }
  }
}
