package dev.troupe.coordinator.journal;

import dev.troupe.proto.error.TroupeException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * An acceptor's state in a file, twice: a write that is cut short damages one copy, and the other
 * holds what was written before or what is being written. Likewise one copy that rots away costs
 * nothing. A file with two damaged copies is an error; nothing is ever begun anew by itself.
 *
 * <p>Layout, big-endian: at 0 and at 32 KiB a copy of {@code magic (8), version (8), length (4),
 * CRC-32C of version and content (4), content}. Version counts the writes; the greater one is the
 * newer copy. The file has a hole between the two.
 *
 * <p>Several processes may use the file: {@link #locked} lets one of them at a time read and write.
 * Used by one thread.
 */
final class AcceptorFile implements AutoCloseable {
  private static final long MAGIC = 0x5472_6f75_7065_4a6eL; // "TroupeJn"
  private static final int HEADER = 24;
  private static final int COPY = 32 << 10; // some thousand names of nodes
  private static final Duration LOCK_LIMIT = Duration.ofSeconds(5);
  private static final long LOCK_RETRY_MILLIS = 5;

  /** What is done with the state while no other process can change it. */
  @FunctionalInterface
  interface Work<T> {
    T run(AcceptorFile file) throws IOException;
  }

  private record Copy(long version, byte[] content) {}

  private final Path path;
  private final FileChannel channel;

  private AcceptorFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Opens the file; makes it, of a fresh acceptor of that name, where there is none. */
  static AcceptorFile open(Path path, String name) throws IOException {
    if (Files.notExists(path)) {
      create(path, Acceptor.fresh(name));
    }
    return new AcceptorFile(
        path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  /** Both copies are there before the file has its name. */
  private static void create(Path path, Acceptor fresh) throws IOException {
    Path folder = Path.of(String.valueOf(path.toAbsolutePath().getParent()));
    Files.createDirectories(folder);
    Path made = Files.createTempFile(folder, path.getFileName() + ".", ".tmp");
    try (FileChannel channel = FileChannel.open(made, StandardOpenOption.WRITE)) {
      ByteBuffer first = encode(new Copy(0, AcceptorBytes.of(fresh)));
      write(channel, first, 0);
      write(channel, first, COPY);
      channel.force(true);
    }
    try {
      Files.createLink(path, made); // unlike a rename, never replaces what another process made
    } catch (FileAlreadyExistsException another) {
      // Theirs is as good.
    } catch (UnsupportedOperationException noLinks) {
      Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(made);
    }
    force(folder);
  }

  private static void force(Path folder) throws IOException {
    if (File.separatorChar == '/') {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** Does {@code work} while no other process, and no other channel of this one, does any. */
  <T> T locked(Work<T> work) throws IOException {
    try (FileLock lock = lock()) {
      return work.run(this);
    }
  }

  private FileLock lock() throws IOException {
    long end = System.nanoTime() + LOCK_LIMIT.toNanos();
    while (true) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException thisProcess) {
        // As if another process had it.
      }
      if (System.nanoTime() - end > 0) {
        throw new IOException("another process has locked it for " + LOCK_LIMIT.toSeconds() + " s");
      }
      try {
        Thread.sleep(LOCK_RETRY_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  /**
   * The state.
   *
   * @throws TroupeException of category data where neither copy is whole, or of this format
   */
  Acceptor read() throws IOException {
    byte[] content = newest().content();
    try {
      return AcceptorBytes.read(content);
    } catch (IOException e) {
      throw TroupeException.data(
          "%s: the run's journal was written by another version of Troupe: %s. Use that version, or remove the file: the run then goes on from its newest checkpoint"
              .formatted(path, e.getMessage()));
    }
  }

  private Copy newest() throws IOException {
    List<Copy> whole = new ArrayList<>(2);
    decode(0).ifPresent(whole::add);
    decode(COPY).ifPresent(whole::add);
    return whole.stream()
        .max(Comparator.comparingLong(Copy::version))
        .orElseThrow(
            () ->
                TroupeException.data(
                    "%s: the run's journal is damaged, both copies in it. Put it back from a backup, or remove it: the run then goes on from its newest checkpoint"
                        .formatted(path)));
  }

  /**
   * Replaces the state.
   *
   * @param durable whether it must outlive the machine's memory, too, not this process only
   */
  void write(Acceptor acceptor, boolean durable) throws IOException {
    ByteBuffer bytes = encode(new Copy(newest().version() + 1, AcceptorBytes.of(acceptor)));
    for (int copy = 0; copy < 2; copy++) {
      write(channel, bytes, (long) copy * COPY);
      if (durable) {
        channel.force(false); // the first copy is whole before the second one is touched
      }
    }
  }

  private static ByteBuffer encode(Copy copy) throws IOException {
    byte[] content = copy.content();
    if (content.length > COPY - HEADER) {
      throw new IOException("a record of %,d bytes is too long for it".formatted(content.length));
    }
    return ByteBuffer.allocate(HEADER + content.length)
        .putLong(MAGIC)
        .putLong(copy.version())
        .putInt(content.length)
        .putInt(checksum(copy.version(), content))
        .put(content)
        .flip();
  }

  private static int checksum(long version, byte[] content) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(version).flip());
    crc.update(content);
    return (int) crc.getValue();
  }

  private static void write(FileChannel channel, ByteBuffer bytes, long position)
      throws IOException {
    ByteBuffer left = bytes.duplicate();
    while (left.hasRemaining()) {
      channel.write(left, position + left.position());
    }
  }

  private Optional<Copy> decode(long position) throws IOException {
    ByteBuffer header = read(position, HEADER);
    if (header.remaining() < HEADER || header.getLong() != MAGIC) {
      return Optional.empty();
    }
    long version = header.getLong();
    int length = header.getInt();
    int crc = header.getInt();
    if (length < 0 || length > COPY - HEADER) {
      return Optional.empty();
    }
    ByteBuffer content = read(position + HEADER, length);
    byte[] bytes = new byte[content.remaining()];
    content.get(bytes);
    return bytes.length == length && checksum(version, bytes) == crc
        ? Optional.of(new Copy(version, bytes))
        : Optional.empty();
  }

  private ByteBuffer read(long position, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining() && channel.read(bytes, position + bytes.position()) >= 0) {
      // Short reads are read on.
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
