package dev.troupe.coordinator;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where checkpoints are made. Called by the coordinator, off its actor's thread, by one thread at a
 * time; for a step {@link #begin} comes first, then one of the other two. A step may be begun again
 * after it was discarded.
 */
public interface CheckpointStore {
  /**
   * Makes the empty folder that all ranks write their files into. What lies there is no checkpoint
   * until {@link #publish}.
   */
  Path begin(long step, long epoch) throws IOException;

  /**
   * Makes what all ranks wrote a checkpoint, atomically and durably, and only then lets {@code
   * latest} name it.
   *
   * @return the checkpoint's folder
   */
  Path publish(Shards shards) throws IOException;

  /** Removes what the ranks of mesh {@code epoch} wrote for {@code step}. */
  void discard(long step, long epoch, String why) throws IOException;

  /**
   * The newest checkpoint of at most {@code step} whose every byte is as it was written; null where
   * none was ever published.
   */
  @Nullable Found newest(long step) throws IOException;

  /**
   * A published checkpoint.
   *
   * @param path its folder
   * @param step its committed steps
   */
  record Found(Path path, long step) {
    /** Makes the path absolute: it goes to other processes. */
    public Found {
      path = path.toAbsolutePath().normalize();
    }
  }

  /**
   * Who wrote the files.
   *
   * @param step the committed step
   * @param epoch mesh epoch
   * @param tp tensor-parallel width of the mesh
   * @param dp data-parallel width of the mesh
   */
  record Shards(long step, long epoch, int tp, int dp) {}
}
