package dev.troupe.data.bpe;

/** The classes of characters that the patterns of tokenizers tell apart. */
enum CharacterKind {
  /** {@code \s}. */
  SPACE,
  /** {@code \p{L}}. */
  LETTER,
  /** {@code \p{N}}. */
  NUMBER,
  /** All the rest. */
  OTHER;

  /** Kinds of the first characters, which nearly all text is made of. */
  private static final CharacterKind[] FIRST = first();

  /** The kind of a code point. */
  static CharacterKind of(int c) {
    return c < FIRST.length ? FIRST[c] : kindOf(c);
  }

  /** Where the characters of a kind end that begin at {@code from}. */
  static int endOfRun(String text, int from, CharacterKind kind) {
    int end = from;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      if (of(c) != kind) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  /** The end of {@code \s+(?!\S)|\s+}: white space leaves its last character to a word after it. */
  static int endOfSpace(String text, int start) {
    int end = endOfRun(text, start, SPACE);
    boolean wordFollows = end < text.length();
    // All white space is in the basic plane.
    return wordFollows && end - start > 1 ? end - 1 : end;
  }

  private static CharacterKind kindOf(int c) {
    return switch (Character.getType(c)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      default -> (c >= '\t' && c <= '\r') || c == 0x85 ? SPACE : OTHER;
    };
  }

  private static CharacterKind[] first() {
    CharacterKind[] kinds = new CharacterKind[0x3000];
    for (int c = 0; c < kinds.length; c++) {
      kinds[c] = kindOf(c);
    }
    return kinds;
  }
}
