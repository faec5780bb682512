package dev.troupe.data.bpe;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Merges the pairs of a word: of those there are, always the one that comes first in the table, of
 * equals the leftmost, until none is left. Single use.
 */
final class Merger {
  private final MergeTable merges;
  private final int[] ids;
  private final int[] before;
  private final int[] after;

  /** Waiting pairs: place in the table, and where the pair begins. */
  private final PriorityQueue<Long> queue = new PriorityQueue<>();

  private Merger(MergeTable merges, int[] ids) {
    this.merges = merges;
    this.ids = ids;
    this.before = new int[ids.length];
    this.after = new int[ids.length];
    Arrays.setAll(before, i -> i - 1);
    Arrays.setAll(after, i -> i + 1);
  }

  /** The tokens that a word's bytes become; {@code ids} is used up. */
  static int[] merge(MergeTable merges, int[] ids) {
    return ids.length < 2 ? ids : new Merger(merges, ids).run();
  }

  private int[] run() {
    for (int i = 0; i < ids.length; i++) {
      queue(i);
    }
    while (true) {
      Long next = queue.poll();
      if (next == null) {
        break;
      }
      int at = next.intValue();
      int other = after[at];
      // What waits here may be a pair that is no more.
      if (ids[at] >= 0 && other < ids.length && place(at) == (int) (next >> Integer.SIZE)) {
        ids[at] = merges.merged(ids[at], ids[other]);
        ids[other] = -1;
        after[at] = after[other];
        if (after[at] < ids.length) {
          before[after[at]] = at;
        }
        queue(at);
        if (before[at] >= 0) {
          queue(before[at]);
        }
      }
    }
    return Arrays.stream(ids).filter(id -> id >= 0).toArray();
  }

  private int place(int at) {
    return merges.place(ids[at], ids[after[at]]);
  }

  private void queue(int at) {
    if (after[at] < ids.length) {
      int place = place(at);
      if (place != MergeTable.NEVER) {
        queue.add((long) place << Integer.SIZE | at);
      }
    }
  }
}
