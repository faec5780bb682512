package dev.troupe.data.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.OptionalInt;
import java.util.SequencedMap;

/**
 * Turns text into token ids {@code 0 .. vocabSize() - 1} and back. Implementations are immutable
 * and thread-safe.
 */
public interface Tokenizer {
  /** What {@code data.tokenizer} called it: {@code bytes}, or a path. */
  String name();

  /** Number of ids, special ones included. */
  int vocabSize();

  /**
   * The id that ends a document. Encoding text never gives it; whoever writes documents adds it.
   */
  int endOfDocument();

  /**
   * The id that begins a document and a prompt, where the tokenizer has one. Encoding text never
   * gives it; whoever writes documents or prompts adds it.
   */
  default OptionalInt beginOfDocument() {
    return OptionalInt.empty();
  }

  /** The ids of a text, or of its first part, without any that begin or end it. */
  int[] encode(CharSequence text);

  /**
   * The ids of a later part of a text: without the space that some tokenizers put before a text.
   */
  default int[] encodeNext(CharSequence text) {
    return encode(text);
  }

  /**
   * The UTF-8 bytes that one id stands for; none for a special id. They may be a part of a
   * character only.
   *
   * @throws IllegalArgumentException if {@code id} is outside the vocabulary
   */
  byte[] bytes(int id);

  /** Whether a space at the beginning of a decoded text is the tokenizer's own and left out. */
  default boolean dropsFirstSpace() {
    return false;
  }

  /**
   * SHA-256 (hexadecimal) of all that decides which ids a text gets; of the file where it has one.
   */
  String fingerprint();

  /**
   * The files it was read from, by the names under which a folder of copies is the same tokenizer.
   * {@link #fingerprint} is of the first.
   */
  default SequencedMap<String, Path> files() {
    return new LinkedHashMap<>();
  }

  /** The ids with which a model is asked to continue {@code text}. */
  default int[] encodePrompt(CharSequence text) {
    int[] ids = encode(text);
    OptionalInt begin = beginOfDocument();
    if (begin.isEmpty()) {
      return ids;
    }
    int[] prompt = new int[ids.length + 1];
    prompt[0] = begin.getAsInt();
    System.arraycopy(ids, 0, prompt, 1, ids.length);
    return prompt;
  }

  /** The text of the ids. Bytes that are not UTF-8 become U+FFFD. */
  default String decode(int[] ids) {
    ByteArrayOutputStream utf8 = new ByteArrayOutputStream(ids.length);
    for (int id : ids) {
      utf8.writeBytes(bytes(id));
    }
    String text = utf8.toString(StandardCharsets.UTF_8);
    return dropsFirstSpace() && text.startsWith(" ") ? text.substring(1) : text;
  }
}
