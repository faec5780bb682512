package dev.troupe.deploy.control;

import dev.troupe.coordinator.CheckpointStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Checkpoints of a run that has nothing to save. */
final class NoStore implements CheckpointStore {
  @Override
  public Path begin(long step, long epoch) {
    return Path.of("").toAbsolutePath();
  }

  @Override
  public Path publish(Shards shards) {
    return Path.of("").toAbsolutePath();
  }

  @Override
  public void discard(long step, long epoch, String why) {}

  @Override
  public @Nullable Found newest(long step) {
    return null;
  }
}
