package dev.troupe.train;

import dev.troupe.checkpoint.LocalShards;
import dev.troupe.checkpoint.ShardEntry;
import dev.troupe.checkpoint.ShardWriter;
import dev.troupe.checkpoint.Storage;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rank's counted slices in host memory of their own; may be written to two places. */
final class RankSnapshot implements Snapshot {
  private final long step;
  private final int rank;
  private final Storage storage;
  private final @Nullable LocalShards local;
  private final Arena arena = Arena.ofShared();
  private final List<ShardEntry> entries;

  RankSnapshot(long step, int rank, Storage storage, @Nullable LocalShards local, RankState state) {
    this.step = step;
    this.rank = rank;
    this.storage = storage;
    this.local = local;
    this.entries = state.copy(arena);
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public void write(Path folder) {
    ShardWriter.write(storage, folder, rank, entries);
    if (local != null) {
      local.write(step, rank, entries);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
