package dev.troupe.deploy.cluster;

import dev.troupe.proto.error.TroupeException;
import io.aeron.CncFileDescriptor;
import io.aeron.CommonContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Where the media drivers of this user are: a folder of memory that nobody else can enter, with a
 * folder for each driver.
 */
public final class DriverDirectory {
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");
  private static final String PREFIX = "aeron-";
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");

  /** A driver whose process is gone proves it by not moving its clock for so long. */
  private static final Duration DEAD = Duration.ofSeconds(3);

  /** A driver that has not moved its clock for so long is gone, or in trouble. */
  private static final Duration SILENT = Duration.ofSeconds(10);

  private DriverDirectory() {}

  /**
   * The folder of this user's drivers, made where it is missing.
   *
   * @throws TroupeException (resource) where somebody else made it, or can enter it
   */
  public static Path root() {
    Path memory =
        Files.isWritable(SHARED_MEMORY)
            ? SHARED_MEMORY
            : Path.of(System.getProperty("java.io.tmpdir"));
    try {
      return privateFolder(memory.resolve("troupe-" + FileOwner.ours()));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * A driver's folder.
   *
   * @param root as {@link #root} gives it
   * @param name letters, digits, dots, dashes and underscores
   */
  public static Path of(Path root, String name) {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new IllegalArgumentException("no name of a media driver: " + name);
    }
    return root.resolve(PREFIX + name);
  }

  /** Whether a driver serves {@code directory}. One that was killed is believed for 3 s. */
  public static boolean active(Path directory) {
    Path file = directory.resolve(CncFileDescriptor.CNC_FILE);
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() < CncFileDescriptor.META_DATA_LENGTH) {
        return false;
      }
      MappedByteBuffer cnc = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      try {
        return active(cnc);
      } finally {
        IoUtil.unmap(cnc);
      }
    } catch (NoSuchFileException absent) {
      return false;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /**
   * The process may be in another container, with other process ids: its clock has the last word.
   */
  private static boolean active(ByteBuffer cnc) {
    long pid = CncFileDescriptor.pid(new UnsafeBuffer(cnc));
    boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    return CommonContext.isDriverActive((alive ? SILENT : DEAD).toMillis(), text -> {}, cnc);
  }

  /**
   * Removes the folders of drivers that were killed.
   *
   * @param root as {@link #root} gives it
   */
  public static void removeStale(Path root) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root, PREFIX + "*")) {
      for (Path folder : folders) {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && !young(folder)
            && !active(folder)) {
          IoUtil.delete(folder.toFile(), true);
        }
      }
    } catch (NoSuchFileException none) {
      // Nothing was ever started.
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** Whether a driver may just be making it. */
  private static boolean young(Path folder) throws IOException {
    return !Files.exists(folder.resolve(CncFileDescriptor.CNC_FILE))
        && Files.getLastModifiedTime(folder).toInstant().isAfter(Instant.now().minus(SILENT));
  }

  static Path privateFolder(Path folder) throws IOException {
    try {
      return Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PRIVATE));
    } catch (FileAlreadyExistsException there) {
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
          || FileOwner.of(folder, LinkOption.NOFOLLOW_LINKS) != FileOwner.ours()
          || !PRIVATE.containsAll(Files.getPosixFilePermissions(folder))) {
        throw TroupeException.resource(
            folder
                + " is not this user's alone: another user could read or forge what the nodes say."
                + " Remove it, or run: chmod 700 "
                + folder);
      }
      return folder;
    }
  }
}
