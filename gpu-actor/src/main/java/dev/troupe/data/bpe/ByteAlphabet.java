package dev.troupe.data.bpe;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The characters that stand for single bytes in the files of byte-level tokenizers, as GPT-2 chose
 * them: a byte that Latin-1 shows as a visible character stands for itself, and the 68 others are
 * U+0100 and up, in their order.
 */
public final class ByteAlphabet {
  private static final int BYTES = 256;

  private static final int NONE = -1;

  private static final char[] CHARS = chars();

  private static final int[] BYTE_OF = bytes();

  private ByteAlphabet() {}

  /** The character of a byte, 0 to 255. */
  public static char of(int value) {
    return CHARS[value];
  }

  /** All 256, in the order of the characters. */
  static List<String> all() {
    char[] sorted = CHARS.clone();
    Arrays.sort(sorted);
    return String.valueOf(sorted).chars().mapToObj(Character::toString).toList();
  }

  /**
   * The bytes that a token's text stands for. A character that stands for no byte, as an added
   * token may have, gives the bytes of its UTF-8, and then so do all: this is how the {@code
   * tokenizers} library decodes.
   */
  public static byte[] bytes(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      int value = c < BYTE_OF.length ? BYTE_OF[c] : NONE;
      if (value == NONE) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) value;
    }
    return bytes;
  }

  private static boolean visible(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xA1 && value <= 0xAC)
        || (value >= 0xAE && value <= 0xFF);
  }

  private static char[] chars() {
    char[] chars = new char[BYTES];
    int other = BYTES;
    for (int value = 0; value < BYTES; value++) {
      chars[value] = (char) (visible(value) ? value : other++);
    }
    return chars;
  }

  private static int[] bytes() {
    int[] bytes = new int[BYTES + BYTES];
    Arrays.fill(bytes, NONE);
    for (int value = 0; value < BYTES; value++) {
      bytes[CHARS[value]] = value;
    }
    return bytes;
  }
}
