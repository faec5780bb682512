package dev.troupe.actor;

import dev.troupe.train.Snapshot;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Writes a rank's snapshots while training goes on, each on a thread that lives as long as the
 * writing: saves are rare. Disk full and the like come back as a failed stage.
 */
final class SnapshotWriter {
  private final int rank;
  private final long epoch;

  SnapshotWriter(int rank, long epoch) {
    this.rank = rank;
    this.epoch = epoch;
  }

  /** Writes and frees {@code snapshot}; completes on the writing thread once files are durable. */
  CompletionStage<Path> write(Snapshot snapshot, Path folder) {
    CompletableFuture<Path> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("rank-" + rank + "-save")
        .start(
            LogContext.around(
                rank,
                epoch,
                () -> {
                  try (snapshot) {
                    snapshot.write(folder);
                  } catch (Throwable failure) {
                    done.completeExceptionally(failure);
                    return;
                  }
                  done.complete(folder);
                }));
    return done;
  }
}
