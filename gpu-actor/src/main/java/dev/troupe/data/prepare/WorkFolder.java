package dev.troupe.data.prepare;

import dev.troupe.data.indexed.IndexFromSizes;
import dev.troupe.data.indexed.IndexedDataset;
import dev.troupe.data.indexed.TokenType;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code PREFIX.prepare}, in which a token file grows until it is whole. One process at
 * a time holds it. Not thread-safe.
 */
final class WorkFolder implements AutoCloseable {
  private static final String SUFFIX = ".prepare";
  private static final String JSON = ".json";
  private static final int SIZES_BYTES = 1 << 16;

  private final Path prefix;
  private final Path folder;
  private final FileChannel lock;
  private final ByteBuffer sizeBuffer = ByteBuffer.allocate(SIZES_BYTES);
  private @Nullable FileChannel tokens;
  private @Nullable FileChannel sizes;

  /**
   * Takes the folder of a token file, which is made if there is none.
   *
   * @throws TroupeException (usage) if another process has it
   */
  WorkFolder(Path prefix) throws IOException {
    this.prefix = prefix;
    this.folder = sibling(SUFFIX);
    Files.createDirectories(folder);
    lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!locked()) {
      lock.close();
      throw TroupeException.usage(
          "%s is being prepared by another process; wait for it, or give another --out"
              .formatted(prefix));
    }
  }

  private boolean locked() throws IOException {
    try {
      @Nullable FileLock held = lock.tryLock();
      return held != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path path() {
    return folder;
  }

  Optional<Journal> journal() throws IOException {
    return Journal.read(folder.resolve("journal"));
  }

  /** Goes on at a place that the journal has, or begins. */
  void begin(Progress at, TokenType type) throws IOException {
    tokens = open("bin", at.tokens() * type.bytes());
    sizes = open("sizes", (long) at.sequences() * Integer.BYTES);
    Files.deleteIfExists(folder.resolve("idx"));
  }

  private FileChannel open(String name, long length) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.size() < length) {
      channel.close();
      throw TroupeException.data(
          "%s is shorter than its journal says; give --restart to begin anew"
              .formatted(folder.resolve(name)));
    }
    return channel.truncate(length).position(length);
  }

  /** Appends tokens. */
  void append(byte[] packed) throws IOException {
    write(opened(tokens), ByteBuffer.wrap(packed));
  }

  /** Ends a sequence of so many tokens. */
  void endSequence(int size, boolean continued) throws IOException {
    if (!sizeBuffer.hasRemaining()) {
      flushSizes();
    }
    sizeBuffer.putInt(continued ? ~size : size);
  }

  /** Makes what was appended durable, and then the journal that tells of it. */
  void commit(Journal journal) throws IOException {
    flushSizes();
    opened(tokens).force(true);
    opened(sizes).force(true);
    journal.write(folder.resolve("journal"));
  }

  private void flushSizes() throws IOException {
    write(opened(sizes), sizeBuffer.flip());
    sizeBuffer.clear();
  }

  /** Makes the index and the description, after which {@link #publish} has only names to give. */
  void complete(Journal journal, TokenType type, String description) throws IOException {
    commit(journal);
    new IndexFromSizes(folder.resolve("sizes"), journal.latest().sequences())
        .write(folder.resolve("idx"), type);
    Files.writeString(folder.resolve("json"), description);
    journal.whilePublishing().write(folder.resolve("journal"));
  }

  /** Gives the files their names, the index last, and removes the folder. May be done again. */
  void publish() throws IOException {
    if (Files.exists(folder.resolve("bin"))) {
      Files.deleteIfExists(sibling(IndexedDataset.IDX)); // of what was there before
    }
    move("json", JSON);
    move("bin", IndexedDataset.BIN);
    move("idx", IndexedDataset.IDX);
    Path parent = prefix.toAbsolutePath().getParent();
    if (parent != null && parent.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
        channel.force(true); // the new names
      }
    }
    remove();
  }

  private void move(String name, String suffix) throws IOException {
    Path from = folder.resolve(name);
    if (Files.exists(from)) {
      Files.move(
          from,
          sibling(suffix),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Forgets all that was done. */
  void clear() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (!file.endsWith("lock")) {
          Files.delete(file);
        }
      }
    }
  }

  /** Removes the folder and all that is in it. */
  void remove() throws IOException {
    close();
    clear();
    Files.deleteIfExists(folder.resolve("lock"));
    Files.deleteIfExists(folder);
  }

  @Override
  public void close() throws IOException {
    if (tokens != null) {
      tokens.close();
    }
    if (sizes != null) {
      sizes.close();
    }
    lock.close();
  }

  private Path sibling(String suffix) {
    return prefix.resolveSibling(prefix.getFileName() + suffix);
  }

  private static FileChannel opened(@Nullable FileChannel channel) {
    if (channel == null) {
      throw new IllegalStateException("not begun");
    }
    return channel;
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
