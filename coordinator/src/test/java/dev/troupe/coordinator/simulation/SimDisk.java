package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.CheckpointStore.Shards;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The disk that all nodes share: unfinished saves, published checkpoints and {@code latest}. What
 * its methods do is durable at once, so a crash falls between two of them.
 */
final class SimDisk {
  private static final String FOLDER = "/checkpoints/";

  /** One rank's part of a checkpoint. */
  record Shard(long step, int tp, int dp, int share, int index, long[] cells) {}

  /** A published checkpoint: whole shares of the state. */
  static final class Checkpoint {
    final long step;
    final long[][] shares;
    boolean damaged;

    Checkpoint(long step, long[][] shares) {
      this.step = step;
      this.shares = shares;
    }
  }

  private final Map<String, Map<Integer, Shard>> unfinished = new HashMap<>();
  private final TreeMap<Long, Checkpoint> published = new TreeMap<>();
  private long latest = -1;
  private boolean full;

  void full(boolean now) {
    full = now;
  }

  /** A fresh folder for a save; null: there is no room. */
  @Nullable String begin(long step, long epoch) {
    if (full) {
      return null;
    }
    unfinished.put(unfinishedPath(step, epoch), new TreeMap<>());
    return unfinishedPath(step, epoch);
  }

  private static String unfinishedPath(long step, long epoch) {
    return FOLDER + "step-" + step + "-" + epoch + ".tmp";
  }

  /** Writes a rank's files; says why it could not. */
  @Nullable String write(String folder, int rank, Shard shard) {
    Map<Integer, Shard> files = unfinished.get(folder);
    if (files == null) {
      return "there is no folder " + folder;
    }
    if (full) {
      return "the disk is full";
    }
    files.put(rank, shard);
    return null;
  }

  /**
   * Gives a complete save its name; {@link #advance} comes next.
   *
   * @param check whether one that is not complete is refused, as it should be
   */
  Optional<Checkpoint> rename(Shards made, boolean check) {
    Map<Integer, Shard> files = unfinished.get(unfinishedPath(made.step(), made.epoch()));
    if (files == null || full || (check && files.size() != made.tp() * made.dp())) {
      return Optional.empty();
    }
    long[][] shares = new long[made.tp()][Model.CELLS];
    int cells = 0;
    for (Shard shard : files.values()) {
      int first = Model.first(shard.index(), shard.dp());
      if (shard.step() != made.step() || shard.tp() != made.tp() || shard.dp() != made.dp()) {
        return Optional.empty(); // the parts do not fit together
      }
      System.arraycopy(shard.cells(), 0, shares[shard.share()], first, shard.cells().length);
      cells += shard.cells().length;
    }
    if (check && cells != made.tp() * Model.CELLS) {
      return Optional.empty();
    }
    unfinished.remove(unfinishedPath(made.step(), made.epoch()));
    Checkpoint checkpoint = new Checkpoint(made.step(), shares);
    published.put(made.step(), checkpoint);
    return Optional.of(checkpoint);
  }

  /** Lets {@code latest} name a checkpoint, unless it names a later one that is intact. */
  void advance(long step) {
    Checkpoint named = published.get(latest);
    if (named == null || named.damaged || named.step <= step) {
      latest = step;
    }
    for (long old : List.copyOf(published.keySet())) {
      if (published.size() > 2 && old != latest) {
        published.remove(old);
      }
    }
  }

  void discard(long step, long epoch) {
    unfinished.remove(unfinishedPath(step, epoch));
  }

  long latest() {
    return latest;
  }

  /** The newest of at most {@code step} that is intact; what {@code latest} names comes first. */
  Optional<Checkpoint> newest(long step) {
    Checkpoint named = published.get(latest);
    if (named != null && !named.damaged && named.step <= step) {
      return Optional.of(named);
    }
    return published.headMap(step, true).descendingMap().values().stream()
        .filter(checkpoint -> !checkpoint.damaged)
        .findFirst();
  }

  /** Whether there is a checkpoint, but none that is intact. */
  boolean allDamaged() {
    return !published.isEmpty()
        && published.values().stream().allMatch(checkpoint -> checkpoint.damaged);
  }

  /**
   * Flips a bit of a published checkpoint.
   *
   * @param last even if no other one is intact
   */
  void damage(Random random, boolean last) {
    long intact = published.values().stream().filter(one -> !one.damaged).count();
    if (intact > (last ? 0 : 1)) {
      List<Checkpoint> all = List.copyOf(published.values());
      all.get(random.nextInt(all.size())).damaged = true;
    }
  }

  boolean has(long step) {
    return published.containsKey(step);
  }

  static String path(Checkpoint checkpoint) {
    return FOLDER + "step-" + checkpoint.step;
  }

  /** The checkpoint at a path; null: none, or its bytes are not what was written. */
  @Nullable Checkpoint load(String path) {
    for (Checkpoint checkpoint : published.values()) {
      if (path(checkpoint).equals(path) && !checkpoint.damaged) {
        return checkpoint;
      }
    }
    return null;
  }
}
