package dev.troupe.data.bpe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Counts the words of pieces of text on several threads. The counts depend on the pieces alone. One
 * thread adds and asks.
 */
public final class WordCounter implements AutoCloseable {
  /** Pieces that wait, for each thread: enough that none idles, few enough to fit in memory. */
  private static final int AHEAD = 2;

  private static final WordPattern WORDS = new Gpt2Words();

  /** A count that is added to in place. */
  private static final class Count {
    private long value;
  }

  private final ExecutorService pool;
  private final Semaphore room;
  private final ThreadLocal<Map<String, Count>> mine;
  private final List<Map<String, Count>> all = new ArrayList<>();
  private final List<Future<?>> running = new ArrayList<>();

  /** A counter of nothing yet, with so many threads. */
  public WordCounter(int threads) {
    this.pool =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().daemon().name("word-counter-", 0).factory());
    this.room = new Semaphore(threads * AHEAD);
    this.mine = ThreadLocal.withInitial(this::newCounts);
  }

  /** Counts the words of a piece; words do not go on into the next. Waits while many pieces do. */
  public void add(String piece) {
    room.acquireUninterruptibly();
    running.removeIf(WordCounter::finished);
    running.add(
        pool.submit(
            () -> {
              try {
                Map<String, Count> counts = mine.get();
                WORDS.split(piece, word -> counts.computeIfAbsent(word, w -> new Count()).value++);
              } finally {
                room.release();
              }
            }));
  }

  /** The counts of all pieces so far. */
  public Map<String, Long> counts() {
    running.forEach(WordCounter::join);
    running.clear();
    Map<String, Long> sum = new HashMap<>();
    synchronized (all) {
      for (Map<String, Count> counts : all) {
        counts.forEach((word, count) -> sum.merge(word, count.value, Long::sum));
      }
    }
    return sum;
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }

  private Map<String, Count> newCounts() {
    Map<String, Count> counts = new HashMap<>();
    synchronized (all) {
      all.add(counts);
    }
    return counts;
  }

  private static boolean finished(Future<?> piece) {
    if (piece.isDone()) {
      join(piece);
      return true;
    }
    return false;
  }

  private static void join(Future<?> piece) {
    try {
      piece.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while words were counted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("counting words failed", e.getCause());
    }
  }
}
