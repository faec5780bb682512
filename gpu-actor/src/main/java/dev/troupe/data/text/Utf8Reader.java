package dev.troupe.data.text;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Reads a UTF-8 file strictly: a byte that is not UTF-8 is a data error that names the file and the
 * byte's offset. A byte order mark at the beginning is left out. Not thread-safe.
 */
final class Utf8Reader extends Reader {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final Path file;
  private final InputStream in;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
  private final CharBuffer chars = CharBuffer.allocate(BUFFER_BYTES).limit(0);

  /** File offset of the buffer's first byte. */
  private long bufferStart;

  private boolean ended;
  private boolean begun;

  Utf8Reader(Path file) throws IOException {
    this.file = file;
    this.in = Files.newInputStream(file);
  }

  /** How many bytes of the file have been decoded. */
  long bytesRead() {
    return bufferStart + bytes.position();
  }

  @Override
  public int read(char[] dst, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, dst.length);
    while (!chars.hasRemaining()) {
      if (ended) {
        return -1;
      }
      decodeMore();
    }
    int n = Math.min(length, chars.remaining());
    chars.get(dst, offset, n);
    return n;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private void decodeMore() throws IOException {
    bufferStart += bytes.position();
    bytes.compact();
    int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
    ended = n < 0;
    bytes.position(bytes.position() + Math.max(0, n)).flip();
    chars.clear();
    CoderResult result = decoder.decode(bytes, chars, ended);
    if (result.isError()) {
      throw TroupeException.data(
          ("%s: the byte at offset %d is not UTF-8; convert the file, for example with: iconv -f"
                  + " LATIN1 -t UTF-8")
              .formatted(file, bytesRead()));
    }
    chars.flip();
    if (!begun && chars.hasRemaining()) {
      begun = true;
      if (chars.get(chars.position()) == BYTE_ORDER_MARK) {
        chars.get();
      }
    }
  }
}
