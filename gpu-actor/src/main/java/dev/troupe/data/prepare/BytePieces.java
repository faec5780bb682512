package dev.troupe.data.prepare;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * Cuts text and JSONL into pieces. Where a piece ends depends on the bytes after its beginning
 * only.
 */
final class BytePieces implements Pieces {
  private static final int LONGEST_LINE = 1 << 29;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Input input;
  private final int number;
  private final int pieceBytes;
  private final long readBefore;
  private final Counted raw;
  private final InputStream in;
  private long offset;

  /** What was read of the input and is no part of a piece yet. */
  private byte[] rest = new byte[0];

  /**
   * Begins at a piece.
   *
   * @param number of the input
   * @param offset in it, as it is uncompressed
   * @param readBefore bytes of the inputs before it
   */
  BytePieces(
      Input input,
      int number,
      InputStream standardInput,
      int pieceBytes,
      long offset,
      long readBefore)
      throws IOException {
    this.input = input;
    this.number = number;
    this.pieceBytes = pieceBytes;
    this.readBefore = readBefore;
    this.offset = offset;
    Path path = input.path();
    this.raw = new Counted(path == null ? standardInput : Files.newInputStream(path));
    try {
      this.in =
          switch (input.packing()) {
            case NONE -> raw;
            case GZIP ->
                new GZIPInputStream(new BufferedInputStream(raw, BUFFER_BYTES), BUFFER_BYTES);
            case ZSTD -> new ZstdInputStream(new BufferedInputStream(raw, BUFFER_BYTES));
          };
      in.skipNBytes(offset);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  @Override
  public String place() {
    return "byte %d of its text".formatted(offset + rest.length);
  }

  @Override
  public Piece next() throws IOException {
    int size = Math.max(pieceBytes, rest.length);
    while (true) {
      byte[] data = Arrays.copyOf(rest, size);
      int filled = rest.length + in.readNBytes(data, rest.length, size - rest.length);
      boolean ended = filled < size;
      int end = ended ? filled : lineEnd(data, filled);
      if (end == 0 && !ended && input.format() == InputFormat.TEXT) {
        end = characterEnd(data, filled);
      }
      if (end > 0 || ended) {
        return piece(data, end, filled, ended);
      }
      if (size > LONGEST_LINE) {
        throw new IOException("a line is longer than " + LONGEST_LINE + " bytes");
      }
      rest = data;
      size *= 2;
    }
  }

  private Piece piece(byte[] data, int end, int filled, boolean ended) {
    rest = Arrays.copyOfRange(data, end, filled);
    long read = readBefore + Math.min(raw.count, Math.max(0, input.bytes()));
    Piece piece = Piece.ofBytes(number, input.format(), offset, data, end, ended, read);
    offset += end;
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

  @Override
  public void close() throws IOException {
    in.close();
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
