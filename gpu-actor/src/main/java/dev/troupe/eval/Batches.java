package dev.troupe.eval;

import dev.troupe.eval.Batch.Placed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Cuts passages into batches, those of like length together. The cut depends on the passages alone.
 * Not thread-safe.
 */
final class Batches implements Iterator<Batch> {
  private static final int MOST_AHEAD = 512;
  private static final long TOKENS_AHEAD = 1 << 18;

  private final Iterator<Passage> passages;
  private final int rows;
  private final Deque<Placed> ahead = new ArrayDeque<>();
  private long placed;
  private long number;

  /**
   * Batches of at most {@code rows} positions each.
   *
   * @throws IllegalArgumentException on {@link #next} where a passage alone has more
   */
  Batches(Iterator<Passage> passages, int rows) {
    this.passages = passages;
    this.rows = rows;
  }

  @Override
  public boolean hasNext() {
    return !ahead.isEmpty() || passages.hasNext();
  }

  @Override
  public Batch next() {
    if (ahead.isEmpty()) {
      readAhead();
    }
    Placed longest = ahead.peek();
    if (longest == null) {
      throw new NoSuchElementException();
    }
    if (longest.inputs() > rows) {
      throw new IllegalArgumentException(
          "a passage of %d positions in a batch of %d".formatted(longest.inputs(), rows));
    }
    int most = rows / longest.inputs();
    List<Placed> batch = new ArrayList<>();
    while (batch.size() < most && !ahead.isEmpty()) {
      batch.add(ahead.remove());
    }
    return new Batch(number++, batch);
  }

  private void readAhead() {
    List<Placed> read = new ArrayList<>();
    long tokens = 0;
    while (passages.hasNext() && read.size() < MOST_AHEAD && tokens < TOKENS_AHEAD) {
      Passage passage = passages.next();
      read.add(new Placed(placed++, passage));
      tokens += passage.inputs();
    }
    read.sort(Comparator.comparingInt(Placed::inputs).reversed());
    ahead.addAll(read);
  }
}
