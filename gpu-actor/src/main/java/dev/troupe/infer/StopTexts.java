package dev.troupe.infer;

import java.util.List;

/**
 * Cuts a text that comes in pieces before the first of some stop texts. What may be the beginning
 * of one is held back until it is known. Not thread-safe.
 */
final class StopTexts {
  private final List<String> stops;
  private String held = "";
  private boolean found;

  /** None of the stop texts is empty. */
  StopTexts(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** Whether a stop text has come. */
  boolean found() {
    return found;
  }

  /** Takes the next piece and returns what can be shown; nothing after a stop text. */
  String accept(String piece) {
    if (found) {
      return "";
    }
    String text = held + piece;
    int end = firstStop(text);
    if (end >= 0) {
      found = true;
      held = "";
      return text.substring(0, end);
    }
    int safe = text.length() - longestBeginning(text);
    held = text.substring(safe);
    return text.substring(0, safe);
  }

  /** The text has ended: what was held back was no stop text. */
  String finish() {
    String rest = held;
    held = "";
    return rest;
  }

  private int firstStop(String text) {
    int first = -1;
    for (String stop : stops) {
      int at = text.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    return first;
  }

  /** Length of the longest end of the text with which a stop text begins. */
  private int longestBeginning(String text) {
    int longest = 0;
    for (String stop : stops) {
      int length = Math.min(stop.length() - 1, text.length());
      while (length > longest && !stop.regionMatches(0, text, text.length() - length, length)) {
        length--;
      }
      longest = Math.max(longest, length);
    }
    return longest;
  }
}
