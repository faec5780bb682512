package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a checkpoint's manifest tells at a glance: its data are not looked at.
 *
 * @param folder the checkpoint
 * @param info what it says of itself
 */
public record CheckpointGlance(Path folder, CheckpointInfo info) {
  /**
   * The checkpoint that a path of a user means.
   *
   * @return nothing where it cannot be read: {@link CheckpointFolder#resolve} says why, or finds
   *     another
   */
  public static Optional<CheckpointGlance> at(Path given) {
    Storage storage = new FileStorage();
    Disk disk = new Disk(storage);
    try {
      List<String> names = disk.names(given);
      Path checkpoint = given;
      if (!names.contains(Manifest.NAME)) {
        Optional<StepName> named = new LatestFile(disk, given).read(names, warning -> {});
        Optional<StepName> newest =
            named.or(() -> CheckpointFolder.newestFirst(names).stream().findFirst());
        if (newest.isEmpty()) {
          return Optional.empty();
        }
        checkpoint = given.resolve(newest.get().toString());
      }
      try (CheckpointReader reader = CheckpointReader.open(storage, checkpoint)) {
        return Optional.of(new CheckpointGlance(checkpoint, reader.info()));
      }
    } catch (TroupeException unreadable) {
      return Optional.empty();
    }
  }
}
