package dev.troupe.data.bpe;

/**
 * Words as GPT-2's pattern has them:
 *
 * <pre>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</pre>
 */
record Gpt2Words() implements WordPattern {
  @Override
  public int end(String text, int start) {
    char c = text.charAt(start);
    if (c == '\'') {
      int length = contraction(text, start);
      if (length > 0) {
        return start + length;
      }
    }
    int from = c == ' ' && start + 1 < text.length() ? start + 1 : start;
    CharacterKind kind = CharacterKind.of(text.codePointAt(from));
    return kind == CharacterKind.SPACE
        ? CharacterKind.endOfSpace(text, start)
        : CharacterKind.endOfRun(text, from, kind);
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
}
