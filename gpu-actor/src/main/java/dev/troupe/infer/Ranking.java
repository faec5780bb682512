package dev.troupe.infer;

import java.util.function.IntToDoubleFunction;

/**
 * Ids in descending order of their logits, equals in ascending order of ids, NaN last; put into
 * order only as far as is asked for, in expected time proportional to their number (Hoare's
 * quickselect, by weight).
 */
final class Ranking {
  /** The upper half orders, the lower half is the id; ascending keys are descending logits. */
  private final long[] keys;

  /** The ids {@code [0, known)}. */
  Ranking(float[] logits, int known) {
    keys = new long[known];
    for (int id = 0; id < known; id++) {
      int bits = Float.floatToIntBits(-logits[id]);
      int ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE); // as floats compare
      keys[id] = ((long) ordered << Integer.SIZE) | id;
    }
  }

  /** The id at a place. */
  int id(int place) {
    return (int) keys[place];
  }

  /**
   * Moves the fewest first ids that together weigh {@code target} to the first places: in any
   * order, but the last of them in its own place.
   *
   * @param end takes part: the ids at the places {@code [0, end)}, which must be the first ones
   * @return how many there are, at least 1; {@code end} where all weigh less
   */
  int reach(int end, double target, IntToDoubleFunction weight) {
    int from = 0;
    int to = end;
    double before = 0; // what the ids at [0, from) weigh
    while (to - from > 1) {
      int middle = partition(from, to);
      double smaller = before;
      for (int i = from; i < middle; i++) {
        smaller += weight.applyAsDouble(id(i));
      }
      double all = smaller + weight.applyAsDouble(id(middle));
      if (smaller >= target) {
        to = middle;
      } else if (all >= target) {
        return middle + 1;
      } else {
        before = all;
        from = middle + 1;
      }
    }
    return Math.max(1, to);
  }

  /** Puts the keys smaller than one of them before it; returns the place of that one. */
  private int partition(int from, int to) {
    int last = to - 1;
    swap(median(from, (from + last) >>> 1, last), last);
    long pivot = keys[last];
    int place = from;
    for (int i = from; i < last; i++) {
      if (keys[i] < pivot) {
        swap(i, place++);
      }
    }
    swap(place, last);
    return place;
  }

  private int median(int a, int b, int c) {
    boolean ab = keys[a] < keys[b];
    if (ab == keys[b] < keys[c]) {
      return b;
    }
    return ab == keys[a] < keys[c] ? c : a;
  }

  private void swap(int a, int b) {
    long key = keys[a];
    keys[a] = keys[b];
    keys[b] = key;
  }
}
