package dev.troupe.data.indexed;

import dev.troupe.data.stream.TokenStream;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A {@code .bin}/{@code .idx} pair, memory-mapped: opening reads the index only, and files may be
 * larger than memory. The arena given to {@link #open} owns the mappings; after it is closed, every
 * read throws {@link IllegalStateException}. Thread-safe with a shared arena.
 */
public final class IndexedDataset implements TokenStream {
  /** What {@code .bin} files end with. */
  public static final String BIN = ".bin";

  /** What {@code .idx} files end with. */
  public static final String IDX = ".idx";

  private final String name;
  private final IndexFile index;
  private final MemorySegment bin;

  private IndexedDataset(String name, IndexFile index, MemorySegment bin) {
    this.name = name;
    this.index = index;
    this.bin = bin;
  }

  /**
   * Maps {@code prefix.bin} and {@code prefix.idx} and checks the index: its header, that sizes and
   * offsets agree, and that the {@code .bin} is as long as it says.
   *
   * @param name what messages about the tokens call them
   * @param arena owns the mappings
   * @throws TroupeException (data) naming the file and the remedy
   */
  public static IndexedDataset open(Path prefix, String name, Arena arena) {
    Path idxFile = withSuffix(prefix, IDX);
    Path binFile = withSuffix(prefix, BIN);
    IndexFile index = new IndexFile(idxFile, map(idxFile, arena));
    MemorySegment bin = map(binFile, arena);
    long expected = index.tokens() * index.type().bytes();
    if (bin.byteSize() < expected) {
      throw TroupeException.data(
          "%s has %d bytes, but its index needs %d; copy or prepare the pair again"
              .formatted(binFile, bin.byteSize(), expected));
    }
    return new IndexedDataset(name, index, bin.asSlice(0, expected));
  }

  /** {@code prefix} with a suffix added to its last name. */
  static Path withSuffix(Path prefix, String suffix) {
    return prefix.resolveSibling(prefix.getFileName() + suffix);
  }

  @Override
  public String name() {
    return name;
  }

  /** The type of the stored tokens. */
  public TokenType type() {
    return index.type();
  }

  @Override
  public long tokens() {
    return index.tokens();
  }

  @Override
  public int documents() {
    return index.documents();
  }

  @Override
  public long documentStart(int document) {
    Objects.checkIndex(document, documents() + 1);
    return index.documentStart(document);
  }

  @Override
  public void read(long firstToken, int count, int[] dst, int dstOffset) {
    Objects.checkFromIndexSize(firstToken, count, tokens());
    Objects.checkFromIndexSize(dstOffset, count, dst.length);
    index.type().read(bin, firstToken * index.type().bytes(), count, dst, dstOffset);
  }

  private static MemorySegment map(Path file, Arena arena) {
    if (!Files.isRegularFile(file)) {
      throw TroupeException.data(
          "%s does not exist; a token file is a pair of %s and %s with the same prefix"
              .formatted(file, BIN, IDX));
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new TroupeException(
          Category.DATA,
          "%s cannot be read (%s); check its permissions".formatted(file, e.getMessage()),
          e);
    }
  }
}
