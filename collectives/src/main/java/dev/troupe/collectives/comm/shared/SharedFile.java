package dev.troupe.collectives.comm.shared;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;

/** Files that are mapped as shared memory. */
final class SharedFile {
  private static final int WRITE_BYTES = 1 << 20;
  private static final Set<OpenOption> CREATE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private SharedFile() {}

  /**
   * Makes a file of zeros and maps it. The zeros are written, not mapped in: a file system without
   * room then says so here, while a mapping would end the process at its first touch.
   *
   * @param owner who asks, for the message
   * @throws TroupeException with category RESOURCE when the file system has no room; then no file
   *     is left
   */
  static MemorySegment create(String owner, Path file, long bytes, Arena arena) {
    requireRoom(owner, file, bytes);
    try (FileChannel channel =
        FileChannel.open(
            file,
            CREATE,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(bytes, WRITE_BYTES));
      for (long written = 0; written < bytes; ) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - written));
        written += channel.write(zeros);
      }
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
      // Entered here, the pages do not fault one by one in the first step.
      mapped.load();
      return plain(mapped, arena);
    } catch (IOException e) {
      delete(file);
      throw noRoom(owner, file, bytes, e);
    }
  }

  /** Maps a whole file that exists. */
  static MemorySegment map(Path file, Arena arena) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      return plain(channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena), arena);
    }
  }

  /** Every segment that kernels see is of one class, which the compiler of the JVM rewards. */
  private static MemorySegment plain(MemorySegment mapped, Arena arena) {
    return mapped.reinterpret(arena, null);
  }

  /** Deletes a file, which may be gone already; its mappings live on. */
  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw TroupeException.resource("cannot delete " + file + ": " + e);
    }
  }

  private static void requireRoom(String owner, Path file, long bytes) {
    if (freeBytes(file) < bytes) {
      throw noRoom(owner, file, bytes, new IOException("no space left"));
    }
  }

  private static long freeBytes(Path file) {
    try {
      return Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace();
    } catch (IOException e) {
      throw TroupeException.resource("cannot use " + file.getParent() + ": " + e);
    }
  }

  private static TroupeException noRoom(String owner, Path file, long bytes, IOException cause) {
    return TroupeException.resource(
        String.format(
            Locale.ROOT,
            "%s: %,d bytes of shared memory asked, %,d bytes free for %s (%s). Give more shared"
                + " memory (a larger /dev/shm; containers: --shm-size), or set"
                + " cluster.shared-memory=false.",
            owner,
            bytes,
            freeBytes(file),
            file,
            cause.getMessage()));
  }
}
