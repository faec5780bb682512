package dev.troupe.data.bpe;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * Distinct words as sequences of token ids, which merges shorten in place, and how often each
 * occurs. Not thread-safe.
 */
final class Words {
  /** Hears of pairs that come and go when a word is merged. */
  interface PairChange {
    /**
     * A pair occurs {@code change} times more in a word.
     *
     * @param change 1 or -1
     */
    void accept(int left, int right, int change);
  }

  private final int[] start;
  private final int[] length;
  private final long[] count;
  private final int[] symbols;

  private Words(int[] start, int[] length, long[] count, int[] symbols) {
    this.start = start;
    this.length = length;
    this.count = count;
    this.symbols = symbols;
  }

  /**
   * The words of a corpus, a symbol a byte.
   *
   * @param idOfByte the token id of a byte
   */
  static Words of(Map<String, Long> counts, IntUnaryOperator idOfByte) {
    int[] start = new int[counts.size()];
    int[] length = new int[start.length];
    long[] count = new long[start.length];
    byte[][] bytes = new byte[start.length][];
    int word = 0;
    int total = 0;
    // Sorted, so that nothing depends on who counted what first.
    for (Map.Entry<String, Long> entry : new TreeMap<>(counts).entrySet()) {
      bytes[word] = entry.getKey().getBytes(StandardCharsets.UTF_8);
      start[word] = total;
      length[word] = bytes[word].length;
      count[word] = entry.getValue();
      total = Math.addExact(total, length[word]);
      word++;
    }
    int[] symbols = new int[total];
    for (int w = 0; w < bytes.length; w++) {
      for (int i = 0; i < length[w]; i++) {
        symbols[start[w] + i] = idOfByte.applyAsInt(Byte.toUnsignedInt(bytes[w][i]));
      }
    }
    return new Words(start, length, count, symbols);
  }

  int size() {
    return start.length;
  }

  long count(int word) {
    return count[word];
  }

  /** Gives every neighbouring pair of a word, each as one more. */
  void pairs(int word, PairChange pairs) {
    int end = start[word] + length[word];
    for (int i = start[word] + 1; i < end; i++) {
      pairs.accept(symbols[i - 1], symbols[i], 1);
    }
  }

  /**
   * Replaces {@code left right} by {@code merged} in a word, from left to right, and tells the
   * pairs that neighbour each replacement; of the replaced pair itself it tells nothing.
   */
  void merge(int word, int left, int right, int merged, PairChange changes) {
    int first = start[word];
    int end = first + length[word];
    int to = first;
    for (int from = first; from < end; to++) {
      if (symbols[from] == left && from + 1 < end && symbols[from + 1] == right) {
        if (to > first) {
          changes.accept(symbols[to - 1], left, -1);
          changes.accept(symbols[to - 1], merged, 1);
        }
        from += 2;
        if (from < end) {
          changes.accept(right, symbols[from], -1);
          changes.accept(merged, symbols[from], 1);
        }
        symbols[to] = merged;
      } else {
        symbols[to] = symbols[from++];
      }
    }
    length[word] = to - first;
  }
}
