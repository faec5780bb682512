package dev.troupe.coordinator.state;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.RankSet;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The checkpoint under way; there is one at most. Times are in nanoseconds. */
public sealed interface Saving {

  /**
   * None.
   *
   * @param due whether one fell due while another was under way; taken at the next commit
   * @param failure how the last one failed; null if it did not
   */
  record Idle(boolean due, @Nullable Failure failure) implements Saving {}

  /**
   * Why a checkpoint could not be made.
   *
   * @param step its step
   * @param category what kind of failure
   * @param message why, for people
   */
  record Failure(long step, Category category, String message) {}

  /**
   * The store makes the folder, ranks write into it.
   *
   * @param step the snapshot's step
   * @param epoch epoch of the mesh that writes it
   * @param began when the snapshot was ordered
   * @param folder where ranks write; null until the store has answered
   * @param saved ranks whose part is durable
   * @param failed ranks that could not write, with the reason
   * @param due whether the next one fell due meanwhile
   * @param deadline when to give up
   */
  record Writing(
      long step,
      long epoch,
      long began,
      @Nullable Path folder,
      RankSet saved,
      SortedMap<Integer, String> failed,
      boolean due,
      long deadline)
      implements Saving {
    /** Copies the map. */
    public Writing {
      failed = Collections.unmodifiableSortedMap(new TreeMap<>(failed));
    }

    RankSet reported() {
      return saved.plus(RankSet.of(failed.keySet()));
    }

    Writing into(Path made) {
      return new Writing(step, epoch, began, made, saved, failed, due, deadline);
    }

    /** With more reports; a rank's first word counts. */
    Writing with(RankSet alsoSaved, SortedMap<Integer, String> alsoFailed) {
      TreeMap<Integer, String> all = new TreeMap<>(failed);
      alsoFailed.forEach(
          (rank, why) -> {
            if (!reported().contains(rank)) {
              all.put(rank, why);
            }
          });
      RankSet fresh = alsoSaved.minus(RankSet.of(failed.keySet()));
      return new Writing(step, epoch, began, folder, saved.plus(fresh), all, due, deadline);
    }

    /** The first reason: others are its likes, such as a full disk, or its consequences. */
    String reasons() {
      int more = failed.size() - 1;
      return "rank %d: %s%s"
          .formatted(
              failed.firstKey(),
              failed.get(failed.firstKey()),
              more > 0 ? " (and %d more rank(s))".formatted(more) : "");
    }
  }

  /**
   * All ranks have written; the store makes it a checkpoint.
   *
   * @param step the snapshot's step
   * @param epoch epoch of the mesh that writes it
   * @param began when the snapshot was ordered
   * @param due whether the next one fell due meanwhile
   * @param deadline when to give up
   */
  record Publishing(long step, long epoch, long began, boolean due, long deadline)
      implements Saving {}
}
