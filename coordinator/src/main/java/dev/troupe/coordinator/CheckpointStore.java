package dev.troupe.coordinator;

import java.io.IOException;
import java.nio.file.Path;

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
  Path begin(long step) throws IOException;

  /**
   * Makes what all ranks wrote a checkpoint, atomically and durably, and only then lets {@code
   * latest} name it.
   *
   * @return the checkpoint's folder
   */
  Path publish(Shards shards) throws IOException;

  /** Removes what was written for {@code step}. */
  void discard(long step, String why) throws IOException;

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
