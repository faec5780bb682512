package dev.troupe.data.indexed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.Objects;
import java.util.UUID;

/**
 * Writes a {@code .bin}/{@code .idx} pair of any length with little memory. Nothing has its final
 * name until {@link #publish} has made both files durable; the {@code .idx} gets it last, so a pair
 * with an index is complete. Closing without publishing removes what was written. Not thread-safe;
 * several writers, in any processes, may write the same pair: the last to publish wins. A process
 * that Ctrl-C or SIGTERM ends removes its temporary files, too.
 */
public final class IndexedDatasetWriter implements AutoCloseable {
  /** In the names of files that are being written. */
  public static final String TEMPORARY = ".tmp-";

  private static final int MAX_SEQUENCE = 1 << 30;

  private final Path prefix;
  private final TokenType type;
  private final int maxSequence;
  private final Path binTemporary;
  private final Path idxTemporary;
  private final BufferedChannel bin;
  private final BufferedChannel idx;

  /** Sequences that go on with the document of the one before; seldom any. */
  private final BitSet continuations = new BitSet();

  private int sequences;
  private int sequenceTokens;

  /**
   * Begins a pair; the folder of {@code prefix} must exist.
   *
   * @throws IOException if the temporary files cannot be created
   */
  public IndexedDatasetWriter(Path prefix, TokenType type) throws IOException {
    this(prefix, type, MAX_SEQUENCE);
  }

  /** As above; a document longer than {@code maxSequence} tokens becomes several sequences. */
  IndexedDatasetWriter(Path prefix, TokenType type, int maxSequence) throws IOException {
    this.prefix = prefix;
    this.type = type;
    this.maxSequence = maxSequence;
    String temporary = TEMPORARY + UUID.randomUUID();
    this.binTemporary = IndexedDataset.withSuffix(prefix, temporary + IndexedDataset.BIN);
    this.idxTemporary = IndexedDataset.withSuffix(prefix, temporary + IndexedDataset.IDX);
    binTemporary.toFile().deleteOnExit();
    idxTemporary.toFile().deleteOnExit();
    this.bin = new BufferedChannel(binTemporary);
    try {
      this.idx = new BufferedChannel(idxTemporary);
      putHeader();
    } catch (IOException e) {
      bin.close();
      Files.deleteIfExists(binTemporary);
      throw e;
    }
  }

  /**
   * Appends tokens to the current document.
   *
   * @throws IllegalArgumentException if the token type cannot hold one of them
   */
  public void add(int[] tokens, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, tokens.length);
    for (int i = offset; i < offset + count; i++) {
      if (!type.holds(tokens[i])) {
        throw new IllegalArgumentException("token id " + tokens[i] + " does not fit " + type);
      }
      if (sequenceTokens == maxSequence) {
        endSequence();
        continuations.set(sequences);
      }
      type.put(bin.room(type.bytes()), tokens[i]);
      sequenceTokens++;
    }
  }

  /** Ends the current document, which may be empty. */
  public void endDocument() throws IOException {
    endSequence();
  }

  /**
   * Makes both files durable and gives them their names. Tokens after the last {@link #endDocument}
   * are a document of their own.
   */
  public void publish() throws IOException {
    if (sequenceTokens > 0) {
      endSequence();
    }
    finishIndex();
    bin.finish();
    idx.finish();
    move(binTemporary, IndexedDataset.withSuffix(prefix, IndexedDataset.BIN));
    move(idxTemporary, IndexedDataset.withSuffix(prefix, IndexedDataset.IDX));
    syncFolder();
  }

  /** Closes the files and removes those that were not published. */
  @Override
  public void close() throws IOException {
    try (bin;
        idx) {
      Files.deleteIfExists(binTemporary);
      Files.deleteIfExists(idxTemporary);
    }
  }

  private void putHeader() throws IOException {
    idx.room(IndexFile.HEADER_BYTES)
        .put(IndexFile.MAGIC)
        .putLong(IndexFile.VERSION)
        .put((byte) type.code())
        .putLong(0) // both counts are filled in at the end
        .putLong(0);
  }

  private void endSequence() throws IOException {
    idx.room(Integer.BYTES).putInt(sequenceTokens);
    sequences = Math.addExact(sequences, 1);
    sequenceTokens = 0;
  }

  /** The sizes are in the file by now: the offsets are computed from them as they are read back. */
  private void finishIndex() throws IOException {
    idx.flush();
    ByteBuffer sizes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    long position = IndexFile.HEADER_BYTES;
    long pointer = 0;
    for (int s = 0; s < sequences; s++) {
      if (!sizes.hasRemaining()) {
        position += idx.read(sizes.clear(), position, (long) (sequences - s) * Integer.BYTES);
        sizes.flip();
      }
      idx.room(Long.BYTES).putLong(pointer);
      pointer += (long) sizes.getInt() * type.bytes();
    }
    int documents = 0;
    for (int s = continuations.nextClearBit(0); s < sequences; ) {
      idx.room(Long.BYTES).putLong(s);
      documents++;
      s = continuations.nextClearBit(s + 1);
    }
    idx.room(Long.BYTES).putLong(sequences);
    idx.flush();
    ByteBuffer counts = ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    idx.write(counts.putLong(sequences).putLong(documents + 1L).flip(), IndexFile.COUNTS_OFFSET);
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Makes the new names durable; not every system can open a folder, and none fails otherwise. */
  private void syncFolder() throws IOException {
    Path folder = prefix.toAbsolutePath().getParent();
    if (folder != null && folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
