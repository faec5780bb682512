package dev.troupe.data.bpe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Learns merges from the counts of words: again and again the pair that occurs most often becomes a
 * token, of pairs that occur equally often the one with the smaller ids (left before right). The
 * merges are those of the {@code tokenizers} library's {@code BpeTrainer} with the byte alphabet,
 * no least frequency and no longest token. So it is with the finer points, too: a merge that makes
 * a token there already is counts as a merge, and the count of a merged pair is not reset.
 *
 * <p>Single use, one thread.
 */
public final class BpeTrainer {
  /** What is known of a pair: its count, and the words that got it since it was last queued. */
  private static final class Pair {
    private final int left;
    private final int right;
    private long count;
    private @Nullable Positions fresh;

    Pair(int left, int right) {
      this.left = left;
      this.right = right;
    }
  }

  /** A pair that waits to be merged in some words. Its count may be out of date. */
  private record Candidate(Pair pair, long count, Positions words) {
    private static final Comparator<Candidate> ORDER =
        Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparingInt(candidate -> candidate.pair.left)
            .thenComparingInt(candidate -> candidate.pair.right);
  }

  private final List<String> tokens = new ArrayList<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final List<Pair> touched = new ArrayList<>();
  private final PriorityQueue<Candidate> queue = new PriorityQueue<>(Candidate.ORDER);
  private final LinkedHashMap<Long, Map.Entry<String, String>> merges = new LinkedHashMap<>();
  private final String bos;
  private final String eos;

  /** A trainer whose special tokens are called so. */
  public BpeTrainer(String bos, String eos) {
    if (bos.isEmpty() || eos.isEmpty() || bos.equals(eos)) {
      throw new IllegalArgumentException("\"%s\" and \"%s\" must differ".formatted(bos, eos));
    }
    this.bos = bos;
    this.eos = eos;
    add(bos);
    add(eos);
    ByteAlphabet.all().forEach(this::add);
  }

  /**
   * Learns.
   *
   * @param counts how often each word occurs
   * @param size number of tokens to reach; where the words give fewer, it ends there
   * @param progress told the number of tokens after each merge
   */
  public BpeVocabulary train(Map<String, Long> counts, int size, IntConsumer progress) {
    Words words = Words.of(counts, value -> id(String.valueOf(ByteAlphabet.of(value))));
    for (int w = 0; w < words.size(); w++) {
      int word = w;
      words.pairs(w, (left, right, change) -> change(words, word, left, right, change));
    }
    queueTouched();
    while (tokens.size() < size) {
      Candidate top = queue.poll();
      if (top == null) {
        break;
      }
      if (top.count != top.pair.count) {
        queue.add(new Candidate(top.pair, top.pair.count, top.words));
        continue;
      }
      if (top.count < 1) {
        break;
      }
      merge(words, top);
      progress.accept(tokens.size());
    }
    return new BpeVocabulary(bos, eos, tokens, List.copyOf(merges.values()));
  }

  private void merge(Words words, Candidate top) {
    Pair pair = top.pair;
    String left = tokens.get(pair.left);
    String right = tokens.get(pair.right);
    if (left.concat(right).equals(bos) || left.concat(right).equals(eos)) {
      return; // text must never give a special token
    }
    int merged = add(left + right);
    // A pair that is merged a second time has the later place.
    merges.putLast(key(pair.left, pair.right), Map.entry(left, right));
    top.words.forEach(
        word ->
            words.merge(
                word,
                pair.left,
                pair.right,
                merged,
                (l, r, change) -> change(words, word, l, r, change)));
    queueTouched();
  }

  private void change(Words words, int word, int left, int right, int change) {
    Pair pair = pairs.computeIfAbsent(key(left, right), k -> new Pair(left, right));
    pair.count += change * words.count(word);
    if (change > 0) {
      Positions fresh = pair.fresh;
      if (fresh == null) {
        fresh = new Positions();
        pair.fresh = fresh;
        touched.add(pair);
      }
      fresh.add(word);
    }
  }

  private void queueTouched() {
    for (Pair pair : touched) {
      Positions fresh = pair.fresh;
      if (fresh != null && pair.count > 0) {
        queue.add(new Candidate(pair, pair.count, fresh));
      }
      pair.fresh = null;
    }
    touched.clear();
  }

  private int add(String token) {
    Integer known = ids.putIfAbsent(token, tokens.size());
    if (known != null) {
      return known;
    }
    tokens.add(token);
    return tokens.size() - 1;
  }

  private int id(String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new IllegalStateException("no token " + token);
    }
    return id;
  }

  private static long key(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }
}
