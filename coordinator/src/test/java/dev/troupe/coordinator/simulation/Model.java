package dev.troupe.coordinator.simulation;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/**
 * The arithmetic of what is "trained": each tensor-parallel share of the state is a row of cells, a
 * cell after a step is a hash of the cell before and of the step's gradient, and the gradient is a
 * hash of the step's samples, in order, and of the parameters they were computed with. So a step
 * that is lost, doubled, computed with other samples or from another state shows for ever.
 */
final class Model {
  /** Cells of a share; data-parallel slices are ranges of them. */
  static final int CELLS = 16;

  private Model() {}

  /** First cell of slice {@code index} of {@code dp}; the next slice's first is its end. */
  static int first(int index, int dp) {
    return index * CELLS / dp;
  }

  static long[] initial(int share) {
    long[] cells = new long[CELLS];
    Arrays.setAll(cells, cell -> mix(share, cell));
    return cells;
  }

  static long[] slice(long[] share, int index, int dp) {
    return Arrays.copyOfRange(share, first(index, dp), first(index + 1, dp));
  }

  /**
   * The gradient of a step.
   *
   * @param shards virtual shards of the global batch
   * @param parameters hash of the parameters that a shard was computed with
   */
  static long gradient(long step, int shards, IntToLongFunction parameters) {
    long sum = step;
    for (int shard = 0; shard < shards; shard++) {
      sum = mix(mix(sum, step * 1_000 + shard), parameters.applyAsLong(shard));
    }
    return sum;
  }

  /** Applies a gradient to cells of a share, from cell {@code first} on. */
  static long[] updated(long[] cells, int first, long step, long gradient) {
    long[] next = new long[cells.length];
    for (int i = 0; i < cells.length; i++) {
      next[i] = mix(mix(cells[i], gradient), step * 1_000 + first + i);
    }
    return next;
  }

  static long hash(long[] cells) {
    long sum = cells.length;
    for (long cell : cells) {
      sum = mix(sum, cell);
    }
    return sum;
  }

  /** A finite number with all bits that matter. */
  static double loss(long gradient) {
    return (gradient >>> 12) * 0x1p-52;
  }

  static long mix(long a, long b) {
    long z = (a ^ Long.rotateLeft(b * 0x9E3779B97F4A7C15L, 31)) + 0x632BE59BD9B4E019L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
