package dev.troupe.data.prepare;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Strict UTF-8. */
final class Utf8Bytes {
  private static final char REPLACEMENT = '\uFFFD';
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private Utf8Bytes() {}

  /** Bytes that are not UTF-8. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int offset;

    MalformedException(int offset) {
      this.offset = offset;
    }

    /** Of the first such byte in the array. */
    int offset() {
      return offset;
    }
  }

  /** Where the text of a piece begins: after the byte order mark, if its input has one. */
  static int afterMark(Piece piece) {
    boolean marked =
        piece.start() == 0
            && piece.length() >= BYTE_ORDER_MARK.length
            && piece.data()[0] == BYTE_ORDER_MARK[0]
            && piece.data()[1] == BYTE_ORDER_MARK[1]
            && piece.data()[2] == BYTE_ORDER_MARK[2];
    return marked ? BYTE_ORDER_MARK.length : 0;
  }

  /** The text of {@code bytes[from .. to)}. */
  static String decode(byte[] bytes, int from, int to) throws MalformedException {
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      // Either the text has that character, or it stands for bytes that are not UTF-8.
      requireWellFormed(bytes, from, to);
    }
    return text;
  }

  private static void requireWellFormed(byte[] bytes, int from, int to) throws MalformedException {
    ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
    CharBuffer out = CharBuffer.allocate(to - from); // a byte gives at most one char
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      throw new MalformedException(in.position());
    }
  }
}
