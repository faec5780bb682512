package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.mesh.Site;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of one process, with a lock that the system frees when the process ends, however it
 * ends. The lock, not the process number, tells whether a process lives: numbers are used again,
 * and differ between containers.
 *
 * <p>A process must not open the lock file of a folder of its own a second time: closing it would
 * free the lock (POSIX record locks). Hence the file {@code owner}, which tells whose it is.
 */
final class ProcessFolder implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String OWNER = "owner";
  private static final String UNFINISHED = "new-";
  private static final Duration MAKING = Duration.ofMinutes(1);

  private final Path path;
  private final FileChannel lockFile;

  private ProcessFolder(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /** Makes the folder, which appears with its lock held. */
  static ProcessFolder create(Path root, String process) {
    if (!Site.isName(process)) {
      throw new IllegalArgumentException("not the name of a process: '" + process + "'");
    }
    Path path = root.resolve(process);
    Path unfinished = root.resolve(UNFINISHED + process + "." + ProcessHandle.current().pid());
    try {
      var privately =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
      Files.createDirectories(root, privately);
      requireSafe(root);
      removeIfStale(path);
      removeContents(unfinished);
      Files.createDirectory(unfinished, privately);
      Files.writeString(unfinished.resolve(OWNER), ownIdentity());
      FileChannel lockFile =
          FileChannel.open(
              unfinished.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      FileLock lock = lockFile.lock();
      if (!lock.isValid()) {
        throw new IOException("no lock");
      }
      Files.move(unfinished, path);
      return new ProcessFolder(path, lockFile);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      throw TroupeException.resource(
          "shared memory of process " + process + " exists and is in use: " + path);
    } catch (IOException e) {
      throw TroupeException.resource("cannot make the shared memory folder " + path + ": " + e);
    }
  }

  Path path() {
    return path;
  }

  /** Whether the process whose folder this is lives; a folder that is gone has no process. */
  static boolean isLive(Path folder) {
    try {
      return isOwn(folder) || !canLock(folder.resolve(LOCK));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw TroupeException.resource("cannot read " + folder + ": " + e);
    }
  }

  /** The same, but a folder that is not there counts as that of a process yet to come. */
  static boolean isLiveOrAbsent(Path folder) {
    return !Files.isDirectory(folder) || isLive(folder);
  }

  /** Deletes the folders of processes that have ended. Others may be at it at the same time. */
  static void removeStale(Path root) {
    if (!Files.isDirectory(root)) {
      return;
    }
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        if (!isUnderWay(folder)) {
          removeIfStale(folder);
        }
      }
    } catch (NoSuchFileException e) {
      return; // deleted by another one
    } catch (IOException e) {
      throw TroupeException.resource("cannot read " + root + ": " + e);
    }
  }

  /** A folder that is being made has its lock file for a moment before the lock. */
  private static boolean isUnderWay(Path folder) throws IOException {
    return folder.getFileName().toString().startsWith(UNFINISHED)
        && Files.getLastModifiedTime(folder).toInstant().plus(MAKING).isAfter(Instant.now());
  }

  /** Deletes the folder and frees the lock. */
  @Override
  public void close() {
    try (lockFile) {
      removeContents(path);
    } catch (IOException e) {
      throw TroupeException.resource("cannot delete " + path + ": " + e);
    }
  }

  private static void removeIfStale(Path folder) throws IOException {
    // Without these two files it is somebody else's, or another process is deleting it.
    if (Files.isRegularFile(folder.resolve(OWNER))
        && Files.isRegularFile(folder.resolve(LOCK))
        && !isLive(folder)) {
      removeContents(folder);
    }
  }

  /** Deletes the lock last, so that what is left by a failure is still known as stale. */
  private static void removeContents(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (!name.equals(LOCK) && !name.equals(OWNER)) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder.resolve(LOCK));
    Files.deleteIfExists(folder.resolve(OWNER));
    Files.deleteIfExists(folder);
  }

  private static boolean isOwn(Path folder) throws IOException {
    return Files.readString(folder.resolve(OWNER)).equals(ownIdentity());
  }

  private static boolean canLock(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  private static String ownIdentity() {
    ProcessHandle self = ProcessHandle.current();
    return self.pid() + " " + self.info().startInstant().map(Object::toString).orElse("");
  }

  /** Whoever may rename the folder's parent entries could hand us another's memory. */
  private static void requireSafe(Path root) throws IOException {
    int mode = (int) Files.getAttribute(root, "unix:mode");
    boolean othersWrite = (mode & 0022) != 0;
    boolean sticky = (mode & 01000) != 0;
    if (othersWrite && !sticky) {
      throw TroupeException.resource(
          root + " may be written by others: chmod go-w it, or give another folder");
    }
  }
}
