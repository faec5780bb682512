package dev.troupe.data.prepare;

import com.github.luben.zstd.ZstdInputStream;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts inputs into pieces, in order. Where a piece ends depends on the bytes after its beginning
 * only, so that reading may go on at any piece. Not thread-safe.
 */
final class PieceReader implements AutoCloseable {
  private static final int LONGEST_LINE = 1 << 29;
  private static final int BUFFER_BYTES = 1 << 16;

  private final List<Input> inputs;
  private final InputStream standardInput;
  private final int pieceBytes;

  private int number;
  private long offset;
  private long readBefore;
  private @Nullable Counted raw;
  private @Nullable InputStream in;

  /** What was read of the input and is no part of a piece yet. */
  private byte[] rest = new byte[0];

  /**
   * Begins at a piece.
   *
   * @param number of the input
   * @param offset in it, where a piece begins
   */
  PieceReader(
      List<Input> inputs, InputStream standardInput, int pieceBytes, int number, long offset) {
    this.inputs = inputs;
    this.standardInput = standardInput;
    this.pieceBytes = pieceBytes;
    this.number = number;
    this.offset = offset;
    this.readBefore = inputs.subList(0, number).stream().mapToLong(Input::bytes).sum();
  }

  /** Bytes that all inputs have on disk. */
  static long total(List<Input> inputs) {
    return inputs.stream().mapToLong(Input::bytes).sum();
  }

  /**
   * The next piece, or null after the last input.
   *
   * @throws TroupeException (data) naming the input
   */
  @Nullable Piece next() {
    if (number == inputs.size()) {
      return null;
    }
    Input input = inputs.get(number);
    try {
      if (in == null) {
        in = open(input);
        in.skipNBytes(offset);
      }
      return cut(input, in);
    } catch (IOException e) {
      throw new TroupeException(
          Category.DATA,
          "%s cannot be read beyond byte %d of its text (%s); see that it is complete"
              .formatted(input.name(), offset + rest.length, e),
          e);
    }
  }

  private Piece cut(Input input, InputStream from) throws IOException {
    int size = Math.max(pieceBytes, rest.length);
    while (true) {
      byte[] data = Arrays.copyOf(rest, size);
      int filled = rest.length + from.readNBytes(data, rest.length, size - rest.length);
      boolean ended = filled < size;
      int end = ended ? filled : lineEnd(data, filled);
      if (end == 0 && !ended && input.format() == InputFormat.TEXT) {
        end = characterEnd(data, filled);
      }
      if (end > 0 || ended) {
        return piece(input, data, end, filled, ended);
      }
      if (size > LONGEST_LINE) {
        throw new IOException("a line is longer than " + LONGEST_LINE + " bytes");
      }
      rest = data;
      size *= 2;
    }
  }

  private Piece piece(Input input, byte[] data, int end, int filled, boolean ended)
      throws IOException {
    rest = Arrays.copyOfRange(data, end, filled);
    long read = readBefore + (raw == null ? 0 : Math.min(raw.count, Math.max(0, input.bytes())));
    Piece piece = new Piece(number, input.format(), offset, data, end, ended, read);
    offset += end;
    if (ended) {
      close();
      readBefore += input.bytes();
      number++;
      offset = 0;
    }
    return piece;
  }

  private static int lineEnd(byte[] data, int length) {
    int end = length;
    while (end > 0 && data[end - 1] != '\n') {
      end--;
    }
    return end;
  }

  /** The last place between two characters of UTF-8, or the end where it is none. */
  private static int characterEnd(byte[] data, int length) {
    int lead = length - 1;
    while (lead > length - 4 && lead > 0 && (data[lead] & 0xC0) == 0x80) {
      lead--;
    }
    return (data[lead] & 0xC0) == 0xC0 && lead > 0 ? lead : length;
  }

  private InputStream open(Input input) throws IOException {
    Path path = input.path();
    raw = new Counted(path == null ? standardInput : Files.newInputStream(path));
    return switch (input.packing()) {
      case NONE -> raw;
      case GZIP -> new GZIPInputStream(new BufferedInputStream(raw, BUFFER_BYTES), BUFFER_BYTES);
      case ZSTD -> new ZstdInputStream(new BufferedInputStream(raw, BUFFER_BYTES));
    };
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
    } else if (raw != null) {
      raw.close(); // what was to uncompress it failed to begin
    }
    in = null;
    raw = null;
    rest = new byte[0];
  }

  /** Counts the bytes that are read. */
  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      count += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] dst, int offset, int length) throws IOException {
      int read = in.read(dst, offset, length);
      count += Math.max(0, read);
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = in.skip(bytes);
      count += skipped;
      return skipped;
    }
  }
}
