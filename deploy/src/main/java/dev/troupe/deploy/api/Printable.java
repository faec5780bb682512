package dev.troupe.deploy.api;

/** Text of strangers, fit for logs and terminals. */
public final class Printable {
  private Printable() {}

  /** The text with a question mark for each control character. */
  public static String of(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c ->
                clean.appendCodePoint(
                    Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                        ? '?'
                        : c));
    return clean.toString();
  }
}
