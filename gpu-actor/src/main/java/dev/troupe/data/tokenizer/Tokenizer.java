package dev.troupe.data.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Turns text into token ids {@code 0 .. vocabSize() - 1} and back. Implementations are immutable
 * and thread-safe.
 */
public interface Tokenizer {
  /** The name by which {@link Tokenizers#open} finds it. */
  String name();

  /** Number of ids, special ones included. */
  int vocabSize();

  /**
   * The id that ends a document. Encoding text never gives it; whoever writes documents adds it.
   */
  int endOfDocument();

  /** The ids of a text, without an end of document. */
  int[] encode(CharSequence text);

  /**
   * The UTF-8 bytes that one id stands for; none for a special id. They may be a part of a
   * character only.
   *
   * @throws IllegalArgumentException if {@code id} is outside the vocabulary
   */
  byte[] bytes(int id);

  /** SHA-256 (hexadecimal) of all that decides which ids a text gets. */
  String fingerprint();

  /** The text of the ids. Bytes that are not UTF-8 become U+FFFD. */
  default String decode(int[] ids) {
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream(ids.length);
    for (int id : ids) {
      utf8.writeBytes(bytes(id));
    }
    return utf8.toString(StandardCharsets.UTF_8);
  }
}
