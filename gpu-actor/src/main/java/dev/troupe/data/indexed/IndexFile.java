package dev.troupe.data.indexed;

import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A mapped and checked {@code .idx} file. All numbers are little-endian:
 *
 * <pre>
 * "MMIDIDX\0\0"                   9 bytes
 * version = 1                     int64
 * token type                      uint8, see {@link TokenType}
 * S, number of sequences          int64
 * D + 1, document indices         int64   D = number of documents
 * tokens of each sequence         int32 x S
 * offset of each in the .bin      int64 x S, in bytes
 * first sequence of each document int64 x (D + 1), the last is S
 * modes, multimodal data only     int8 x S, refused
 * </pre>
 *
 * The sequences of a text file follow each other without gaps; others are refused, and so are files
 * with modes: some of their elements are not tokens of text.
 */
final class IndexFile {
  static final byte[] MAGIC = "MMIDIDX\0\0".getBytes(StandardCharsets.ISO_8859_1);
  static final long VERSION = 1;
  static final int COUNTS_OFFSET = MAGIC.length + Long.BYTES + 1;
  static final int HEADER_BYTES = COUNTS_OFFSET + 2 * Long.BYTES;

  private static final int FLOAT64 = 6;
  private static final int FLOAT32 = 7;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final MemorySegment idx;
  private final TokenType type;
  private final long sequences;
  private final int documents;
  private final long tokens;

  /** Checks the whole index; {@code idx} stays in use. */
  IndexFile(Path file, MemorySegment idx) {
    this.file = file;
    this.idx = idx;
    requireMagic();
    this.type = readType();
    this.sequences = idx.get(LONG, COUNTS_OFFSET);
    long documentIndices = idx.get(LONG, COUNTS_OFFSET + Long.BYTES);
    requireLength(documentIndices);
    if (documentIndices > Integer.MAX_VALUE) {
      throw bad("it has " + documentIndices + " documents, more than this reader can take");
    }
    this.documents = (int) documentIndices - 1;
    this.tokens = checkSequences();
    checkDocuments();
    if (tokens == 0) {
      throw TroupeException.data(
          "%s is an index of no tokens; prepare it again from text that is not empty"
              .formatted(file));
    }
  }

  TokenType type() {
    return type;
  }

  int documents() {
    return documents;
  }

  long tokens() {
    return tokens;
  }

  /** The first token of a document, or {@code tokens()} for {@code documents()}. */
  long documentStart(int document) {
    long sequence = documentIndex(document);
    return sequence == sequences ? tokens : pointer(sequence) / type.bytes();
  }

  private void requireMagic() {
    if (idx.byteSize() < HEADER_BYTES) {
      throw bad("it is truncated: %d bytes, less than its header".formatted(idx.byteSize()));
    }
    if (idx.asSlice(0, MAGIC.length).mismatch(MemorySegment.ofArray(MAGIC)) != -1) {
      throw TroupeException.data(
          "%s is not a Megatron-LM index (it does not begin with MMIDIDX); give the prefix of a"
                  .formatted(file)
              + " .bin/.idx pair");
    }
    long version = idx.get(LONG, MAGIC.length);
    if (version != VERSION) {
      throw bad("its version is %d, only version %d is known".formatted(version, VERSION));
    }
  }

  private TokenType readType() {
    int code = Byte.toUnsignedInt(idx.get(ValueLayout.JAVA_BYTE, COUNTS_OFFSET - 1));
    for (TokenType candidate : TokenType.values()) {
      if (candidate.code() == code) {
        return candidate;
      }
    }
    throw bad(
        code == FLOAT64 || code == FLOAT32
            ? "its elements are floating-point (type code %d), not tokens".formatted(code)
            : "its token type code is %d, which does not exist".formatted(code));
  }

  private void requireLength(long documentIndices) {
    // The counts come from the file: bound them by its length before they are multiplied.
    long length = idx.byteSize();
    boolean plausible =
        sequences >= 0
            && documentIndices >= 1
            && sequences <= length / (Integer.BYTES + Long.BYTES)
            && documentIndices <= length / Long.BYTES;
    long expected =
        HEADER_BYTES + sequences * (Integer.BYTES + Long.BYTES) + documentIndices * Long.BYTES;
    if (plausible && sequences > 0 && length == expected + sequences) {
      throw TroupeException.data(
          ("%s has a mode for each sequence, so it is of multimodal data; only text is read: prepare"
                  + " the text of it as a pair of its own")
              .formatted(file));
    }
    if (!plausible || length != expected) {
      throw bad(
          "it is truncated or damaged: %d bytes do not hold %d sequences and %d document indices"
              .formatted(length, sequences, documentIndices));
    }
  }

  /** Returns the number of tokens. */
  private long checkSequences() {
    long total = 0;
    for (long s = 0; s < sequences; s++) {
      long pointer = pointer(s);
      int size = idx.get(INT, HEADER_BYTES + s * Integer.BYTES);
      if (size < 0 || pointer != total * type.bytes()) {
        throw bad(
            "its sizes and offsets disagree at sequence %d (size %d, offset %d, expected offset %d)"
                .formatted(s, size, pointer, total * type.bytes()));
      }
      total += size;
    }
    return total;
  }

  private void checkDocuments() {
    long previous = 0;
    for (int d = 0; d <= documents; d++) {
      long sequence = documentIndex(d);
      boolean placed = (d > 0 || sequence == 0) && (d < documents || sequence == sequences);
      if (!placed || sequence < previous || sequence > sequences) {
        throw bad(
            "its document index %d is sequence %d of %d, which is out of order"
                .formatted(d, sequence, sequences));
      }
      previous = sequence;
    }
  }

  private long pointer(long sequence) {
    return idx.get(LONG, HEADER_BYTES + sequences * Integer.BYTES + sequence * Long.BYTES);
  }

  private long documentIndex(int document) {
    long table = HEADER_BYTES + sequences * (Integer.BYTES + Long.BYTES);
    return idx.get(LONG, table + (long) document * Long.BYTES);
  }

  private TroupeException bad(String what) {
    return TroupeException.data(
        "%s: %s; prepare the .bin/.idx pair again, or copy it again from where it came"
            .formatted(file, what));
  }
}
