package dev.troupe.proto.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds the name that a misspelt one was probably meant to be. */
public final class Nearest {
  private Nearest() {}

  /**
   * The known key at the least edit distance from {@code key}. The last word of a key counts alone,
   * too, so that {@code lr} and {@code optimizer.lr} both find {@code train.lr}.
   */
  public static String of(String key, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparingInt((String k) -> cost(key, k)).thenComparing(k -> k))
        .orElseThrow();
  }

  private static int cost(String key, String candidate) {
    int whole = 2 * distance(key, candidate);
    int word = 2 * distance(lastWord(key), lastWord(candidate)) + 1;
    return Math.min(whole, word);
  }

  private static String lastWord(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** Levenshtein's distance: insertions, deletions and substitutions cost 1 each. */
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
