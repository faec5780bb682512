package dev.troupe.data.bpe;

import java.util.function.Consumer;

/**
 * Cuts text into words as GPT-2's pattern does, left to right:
 *
 * <pre>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</pre>
 *
 * The words together are the text.
 */
final class WordSplitter {
  private enum Kind {
    SPACE,
    LETTER,
    NUMBER,
    OTHER
  }

  /** Kinds of the first characters, which nearly all text is made of. */
  private static final Kind[] FIRST = first();

  private WordSplitter() {}

  /** Gives every word of {@code text} to {@code words}, in order. */
  static void split(String text, Consumer<String> words) {
    int start = 0;
    while (start < text.length()) {
      int end = end(text, start);
      words.accept(text.substring(start, end));
      start = end;
    }
  }

  private static int end(String text, int start) {
    char c = text.charAt(start);
    if (c == '\'') {
      int length = contraction(text, start);
      if (length > 0) {
        return start + length;
      }
    }
    int from = c == ' ' && start + 1 < text.length() ? start + 1 : start;
    Kind kind = kind(text.codePointAt(from));
    return kind == Kind.SPACE ? endOfSpace(text, start) : endOfRun(text, from, kind);
  }

  /** The length of {@code 's 't 're 've 'm 'll 'd} at {@code start}, or 0. */
  private static int contraction(String text, int start) {
    if (start + 1 >= text.length()) {
      return 0;
    }
    return switch (text.charAt(start + 1)) {
      case 's', 't', 'm', 'd' -> 2;
      case 'r', 'v' -> text.startsWith("e", start + 2) ? 3 : 0;
      case 'l' -> text.startsWith("l", start + 2) ? 3 : 0;
      default -> 0;
    };
  }

  private static int endOfRun(String text, int from, Kind kind) {
    int end = from;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      if (kind(c) != kind) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  /** White space before a word leaves its last character to that word. */
  private static int endOfSpace(String text, int start) {
    int end = endOfRun(text, start, Kind.SPACE);
    boolean wordFollows = end < text.length();
    // All white space is in the basic plane.
    return wordFollows && end - start > 1 ? end - 1 : end;
  }

  private static Kind kind(int c) {
    return c < FIRST.length ? FIRST[c] : kindOf(c);
  }

  private static Kind kindOf(int c) {
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          Kind.LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          Kind.NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          Kind.SPACE;
      default -> (c >= '\t' && c <= '\r') || c == 0x85 ? Kind.SPACE : Kind.OTHER;
    };
  }

  private static Kind[] first() {
    Kind[] kinds = new Kind[0x3000];
    for (int c = 0; c < kinds.length; c++) {
      kinds[c] = kindOf(c);
    }
    return kinds;
  }
}
