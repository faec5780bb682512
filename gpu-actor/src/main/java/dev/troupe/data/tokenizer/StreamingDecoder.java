package dev.troupe.data.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decodes ids one at a time for a console. A character whose bytes are spread over several tokens
 * appears when its last byte has come; bytes that are not UTF-8 become U+FFFD, exactly as in {@link
 * Tokenizer#decode}. Not thread-safe.
 */
public final class StreamingDecoder {
  private final Tokenizer tokenizer;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** The bytes of a character that is not complete yet: at most three. */
  private byte[] pending = new byte[0];

  /** Whether nothing came yet of a text whose first space is the tokenizer's own. */
  private boolean atOwnSpace;

  private StreamingDecoder(Tokenizer tokenizer, boolean atOwnSpace) {
    this.tokenizer = tokenizer;
    this.atOwnSpace = atOwnSpace;
  }

  /** A decoder at the beginning of a text. */
  public StreamingDecoder(Tokenizer tokenizer) {
    this(tokenizer, tokenizer.dropsFirstSpace());
  }

  /** A decoder of ids that go on with a text: a space that they begin with belongs to it. */
  public static StreamingDecoder goingOn(Tokenizer tokenizer) {
    return new StreamingDecoder(tokenizer, false);
  }

  /** Takes the next id and returns the characters that it completes, often one, perhaps none. */
  public String accept(int id) {
    byte[] bytes = tokenizer.bytes(id);
    if (atOwnSpace && bytes.length > 0) {
      atOwnSpace = false;
      if (bytes[0] == ' ') {
        bytes = Arrays.copyOfRange(bytes, 1, bytes.length);
      }
    }
    return decode(bytes, false);
  }

  /** Ends the text: an incomplete character comes out as U+FFFD. */
  public String finish() {
    String rest = decode(new byte[0], true);
    decoder.reset();
    return rest;
  }

  private String decode(byte[] bytes, boolean end) {
    ByteBuffer in = ByteBuffer.allocate(pending.length + bytes.length).put(pending).put(bytes);
    in.flip();
    // A byte of UTF-8 never gives more than one char; flushing this decoder adds none.
    CharBuffer out = CharBuffer.allocate(in.remaining());
    decoder.decode(in, out, end);
    pending = new byte[in.remaining()];
    in.get(pending);
    return out.flip().toString();
  }
}
