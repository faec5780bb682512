package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of ranks' files on a disk of the node's own, a folder a step: what is there need not come
 * from where the checkpoints are. A help that is never relied upon: what cannot be written is left
 * out, and what is read must have the size and the hashes that the checkpoint's manifest tells.
 *
 * <p>Any number of ranks and processes of the node may use one folder at the same time.
 */
public final class LocalShards {
  private static final Logger LOG = LoggerFactory.getLogger(LocalShards.class);
  private static final int KEPT = 2;

  private final Storage storage;
  private final Disk disk;
  private final Path dir;

  /** A folder that need not exist yet. */
  public LocalShards(Storage storage, Path dir) {
    this.storage = storage;
    this.disk = new Disk(storage);
    this.dir = dir;
  }

  /**
   * Writes a copy of what {@link ShardWriter} wrote into a checkpoint, then deletes all steps but
   * this one and the newest before it. A failure is told in the log only.
   */
  public void write(long step, int rank, List<ShardEntry> entries) {
    try {
      Path folder = folder(step);
      disk.createFolder(folder);
      ShardWriter.write(storage, folder, rank, entries);
      prune(step);
    } catch (TroupeException failure) {
      LOG.warn("no copy of rank {}'s part of step {}: {}", rank, step, failure.getMessage());
    }
  }

  /** Later steps are of a time that the run has gone back from. */
  private void prune(long step) {
    List<Long> steps =
        disk.names(dir).stream()
            .flatMap(name -> StepName.parse(name).stream())
            .filter(name -> name.equals(StepName.published(name.step())))
            .map(StepName::step)
            .sorted(Comparator.reverseOrder())
            .toList();
    steps.stream().filter(other -> other > step).forEach(this::delete);
    steps.stream().filter(other -> other <= step).skip(KEPT).forEach(this::delete);
  }

  /** Another rank of the node may be deleting the same; if not, the next save tries again. */
  private void delete(long step) {
    try {
      disk.delete(folder(step));
    } catch (TroupeException failure) {
      LOG.debug("step {} is not deleted: {}", step, failure.getMessage());
    }
  }

  /** The data file of a rank's part of a step, if it is here and is what the manifest says. */
  Optional<MemorySegment> intact(long step, ShardFile shard, Arena arena) {
    Path folder = folder(step);
    try {
      if (!disk.namesIfThere(folder).contains(shard.name())) {
        return Optional.empty();
      }
      ShardCheck check = new ShardCheck(disk, folder);
      check.requireSize(shard);
      MemorySegment data = disk.map(folder.resolve(shard.name()), arena);
      ShardCheck.requireIntact(folder.resolve(shard.name()), data, shard);
      return Optional.of(data);
    } catch (TroupeException | InternalError damage) {
      // The latter is how the JVM reports that a page of a mapped file cannot be read.
      LOG.warn("a local copy is not used: {}", damage.getMessage());
      return Optional.empty();
    }
  }

  private Path folder(long step) {
    return dir.resolve(StepName.published(step).toString());
  }
}
