package dev.troupe.deploy.local;

import dev.troupe.coordinator.CheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Checkpoints as folders: {@code .step-N} while it is written, {@code step-N} once published. */
class FolderStore implements CheckpointStore {
  private final Path dir;

  FolderStore(Path dir) {
    this.dir = dir;
  }

  @Override
  public Path begin(long step, long epoch) throws IOException {
    return Files.createDirectory(unpublished(step));
  }

  @Override
  public Path publish(Shards shards) throws IOException {
    Path to = dir.resolve("step-" + shards.step());
    try (Stream<Path> files = Files.list(unpublished(shards.step()))) {
      if (files.count() != (long) shards.tp() * shards.dp()) {
        throw new IOException("shards are missing");
      }
    }
    return Files.move(unpublished(shards.step()), to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void discard(long step, long epoch, String why) throws IOException {
    try (Stream<Path> files = Files.list(unpublished(step))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(unpublished(step));
  }

  @Override
  public @Nullable Found newest(long step) throws IOException {
    for (long at = step; at >= 0; at--) {
      Path path = dir.resolve("step-" + at);
      if (Files.exists(path)) {
        return new Found(path, at);
      }
    }
    return null;
  }

  private Path unpublished(long step) {
    return dir.resolve(".step-" + step);
  }

  /** The names of all that is there, in order. */
  List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
