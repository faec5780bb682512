package dev.troupe.checkpoint;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;

/**
 * A folder that appears whole or not at all: it is written under another name beside its place,
 * made durable, then renamed. Closed before {@link #publish}, it is deleted. Used by one thread.
 */
public final class StagedFolder implements AutoCloseable {
  private static final String SUFFIX = ".unfinished";

  private final Disk disk;
  private final Path target;
  private final Path staged;
  private boolean published;

  private StagedFolder(Disk disk, Path target) {
    this.disk = disk;
    this.target = target;
    this.staged = target.resolveSibling(target.getFileName() + SUFFIX);
  }

  /**
   * Begins a folder; what an earlier attempt left beside its place is deleted.
   *
   * @param target its place, where there must be nothing or an empty folder
   * @throws TroupeException where something is there, or nothing can be written
   */
  public static StagedFolder at(Storage storage, Path target) {
    Path absolute = target.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Disk disk = new Disk(storage);
    if (parent == null || !disk.namesIfThere(absolute).isEmpty()) {
      throw TroupeException.usage(
          target + " has files in it already. Give a new folder, or empty that one.");
    }
    StagedFolder folder = new StagedFolder(disk, absolute);
    disk.createFolder(parent);
    disk.delete(folder.staged);
    disk.createFolder(folder.staged);
    return folder;
  }

  /** Where to write until {@link #publish}. */
  public Path path() {
    return staged;
  }

  /** Writes a small file, durably. */
  public void write(String name, byte[] bytes) {
    disk.write(staged.resolve(name), bytes);
  }

  /** Gives the folder its name; all files in it must be durable. */
  public void publish() {
    disk.forceFolder(staged);
    disk.delete(target); // empty, if it is there at all
    disk.rename(staged, target);
    published = true;
    Path parent = target.getParent();
    if (parent != null) {
      disk.forceFolder(parent);
    }
  }

  @Override
  public void close() {
    if (!published) {
      disk.delete(staged);
    }
  }
}
