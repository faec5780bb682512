package dev.troupe.data.bpe;

/**
 * Words as LLaMA 3's pattern has them, and Qwen's, which takes digits one by one:
 *
 * <pre>
 * (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}
 *     | ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
 * </pre>
 *
 * @param digits most digits of a word
 */
record Llama3Words(int digits) implements WordPattern {
  private static final String BEFORE_DIGITS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}";
  private static final String AFTER_DIGITS =
      "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** LLaMA 3's pattern, as {@code tokenizer.json} writes it. */
  static final String LLAMA3 = BEFORE_DIGITS + "{1,3}" + AFTER_DIGITS;

  /** Qwen's pattern, as {@code tokenizer.json} writes it. */
  static final String QWEN = BEFORE_DIGITS + AFTER_DIGITS;

  @Override
  public int end(String text, int start) {
    int c = text.codePointAt(start);
    int contraction = c == '\'' ? contraction(text, start) : 0;
    if (contraction > 0) {
      return start + contraction;
    }
    CharacterKind kind = CharacterKind.of(c);
    int after = start + Character.charCount(c);
    return switch (kind) {
      case LETTER -> CharacterKind.endOfRun(text, after, CharacterKind.LETTER);
      case NUMBER -> endOfNumber(text, after);
      case OTHER ->
          is(text, after, CharacterKind.LETTER)
              ? CharacterKind.endOfRun(text, after, CharacterKind.LETTER)
              : endOfSigns(text, after);
      case SPACE -> endOfSpace(text, start, c, after);
    };
  }

  private static boolean is(String text, int at, CharacterKind kind) {
    return at < text.length() && CharacterKind.of(text.codePointAt(at)) == kind;
  }

  private int endOfNumber(String text, int after) {
    int end = after;
    for (int count = 1; count < digits && is(text, end, CharacterKind.NUMBER); count++) {
      end += Character.charCount(text.codePointAt(end));
    }
    return end;
  }

  private static int endOfSigns(String text, int from) {
    int end = CharacterKind.endOfRun(text, from, CharacterKind.OTHER);
    while (end < text.length() && isNewLine(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static int endOfSpace(String text, int start, int c, int after) {
    if (!isNewLine(c) && is(text, after, CharacterKind.LETTER)) {
      return CharacterKind.endOfRun(text, after, CharacterKind.LETTER);
    }
    if (c == ' ' && is(text, after, CharacterKind.OTHER)) {
      return endOfSigns(text, after);
    }
    int run = CharacterKind.endOfRun(text, start, CharacterKind.SPACE);
    for (int end = run; end > start; end--) {
      if (isNewLine(text.charAt(end - 1))) {
        return end;
      }
    }
    return CharacterKind.endOfSpace(text, start);
  }

  private static boolean isNewLine(int c) {
    return c == '\r' || c == '\n';
  }

  /** The length of {@code 's 't 're 've 'm 'll 'd} in any case at {@code start}, or 0. */
  private static int contraction(String text, int start) {
    char first = folded(text, start + 1);
    char second = folded(text, start + 2);
    return switch (first) {
      case 's', 't', 'm', 'd' -> 2;
      case 'r', 'v' -> second == 'e' ? 3 : 0;
      case 'l' -> second == 'l' ? 3 : 0;
      default -> 0;
    };
  }

  /** In lower case; the long s is an s to a pattern that ignores case. */
  private static char folded(String text, int at) {
    char c = at < text.length() ? text.charAt(at) : '\0';
    return c == '\u017F' ? 's' : c < 0x80 ? Character.toLowerCase(c) : c;
  }
}
