package dev.troupe.checkpoint;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * The file system as checkpoints see it. Every operation of theirs goes through here, so that a
 * decorator can observe it or make it fail ({@link InterceptedStorage}).
 *
 * <p>Implementations may be used by several threads at once; an {@link Output} belongs to one.
 */
public interface Storage {
  /** Creates a folder and its missing parents; one that exists is left as it is. */
  void createFolder(Path folder) throws IOException;

  /** Opens a file for writing, empty: what it held is gone. */
  Output create(Path file) throws IOException;

  /** Makes the folder's own entries durable: names created, renamed and deleted in it. */
  void forceFolder(Path folder) throws IOException;

  /** Renames a file or folder in one step; a file that already has the new name is replaced. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file, or a folder with all in it; links are not followed, absence is no error. */
  void delete(Path path) throws IOException;

  /** The paths in a folder, sorted. */
  List<Path> list(Path folder) throws IOException;

  /** A file's size in bytes. */
  long size(Path file) throws IOException;

  /** A whole file. */
  byte[] read(Path file) throws IOException;

  /** A whole file, mapped read-only for as long as the arena lives. */
  MemorySegment map(Path file, Arena arena) throws IOException;

  /** A file being written. */
  interface Output extends Closeable {
    /** Appends all of the buffer's remaining bytes. */
    void write(ByteBuffer bytes) throws IOException;

    /** Returns when the bytes written so far are on the disk. */
    void force() throws IOException;
  }
}
