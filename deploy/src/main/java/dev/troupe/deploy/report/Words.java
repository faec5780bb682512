package dev.troupe.deploy.report;

import java.util.Locale;

/** Numbers in words for people. */
public final class Words {
  private Words() {}

  /** The first characters of a text of any kind, on one line; three dots stand for the rest. */
  static String start(String text, int characters) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(characters)
        .map(c -> Character.isWhitespace(c) ? ' ' : c)
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .forEach(line::appendCodePoint);
    return text.codePoints().skip(characters).findAny().isPresent()
        ? line + "..."
        : line.toString();
  }

  /** {@code 860 K}, {@code 6.74 B}. */
  public static String count(long count) {
    if (count < 1_000) {
      return Long.toString(count);
    }
    if (count < 1_000_000) {
      return String.format(Locale.ROOT, "%.0f K", count / 1e3);
    }
    return count < 1_000_000_000
        ? String.format(Locale.ROOT, "%.2f M", count / 1e6)
        : String.format(Locale.ROOT, "%.2f B", count / 1e9);
  }

  /** {@code 42s}, {@code 1m 02s}, {@code 3h 05m}, {@code 2d 04h}. */
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + "s";
    }
    if (whole < 3_600) {
      return String.format(Locale.ROOT, "%dm %02ds", whole / 60, whole % 60);
    }
    return whole < 86_400
        ? String.format(Locale.ROOT, "%dh %02dm", whole / 3_600, whole / 60 % 60)
        : String.format(Locale.ROOT, "%dd %02dh", whole / 86_400, whole / 3_600 % 24);
  }
}
