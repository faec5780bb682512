package dev.troupe.data.corpus;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread of one process at a time make a cache entry. It only saves work: without it two
 * would tokenise the same text, and the later would replace the equal result of the earlier. So a
 * file system without locks does no harm, and removing the lock file under a waiting process does
 * none either. The operating system releases the lock of a process that dies.
 */
final class CacheLock implements AutoCloseable {
  /** File locks belong to a whole JVM, so its threads have to exclude each other first. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final Path file;
  private final FileChannel channel;

  /** Waits for the lock. */
  CacheLock(Path file) throws IOException {
    this.file = file;
    THREADS.lock();
    file.toFile().deleteOnExit(); // Ctrl-C does not get to close
    try {
      this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException | RuntimeException e) {
      THREADS.unlock();
      throw e;
    }
    try {
      var _ = channel.lock();
    } catch (IOException e) {
      // No locks on this file system: go on without, as the class comment says.
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      Files.deleteIfExists(file);
    } finally {
      THREADS.unlock();
    }
  }
}
