package dev.troupe.data.bpe;

import java.util.Arrays;

/**
 * The place in line of each pair of tokens that is merged, and what it becomes: a hash table of
 * numbers with open addressing. Not changed after it is filled.
 */
final class MergeTable {
  /** The place of a pair that is not merged: after all others. */
  static final int NEVER = Integer.MAX_VALUE;

  private static final long EMPTY = -1;

  private final long[] pairs;
  private final int[] places;
  private final int[] merged;

  /** An empty table with room for so many pairs. */
  MergeTable(int size) {
    int slots = Integer.highestOneBit(Math.max(8, size)) * 4; // at most half full
    pairs = new long[slots];
    places = new int[slots];
    merged = new int[slots];
    Arrays.fill(pairs, EMPTY);
  }

  /** Says what a pair becomes; the last word on a pair counts. */
  void put(int left, int right, int place, int becomes) {
    int slot = slot(left, right);
    pairs[slot] = pair(left, right);
    places[slot] = place;
    merged[slot] = becomes;
  }

  /** The place of a pair, the smallest merged first, or {@link #NEVER}. */
  int place(int left, int right) {
    int slot = slot(left, right);
    return pairs[slot] == EMPTY ? NEVER : places[slot];
  }

  /** What a pair that is merged becomes. */
  int merged(int left, int right) {
    return merged[slot(left, right)];
  }

  private int slot(int left, int right) {
    long pair = pair(left, right);
    int slot = (int) (pair * 0x9E3779B97F4A7C15L >>> 40) & (pairs.length - 1);
    while (pairs[slot] != EMPTY && pairs[slot] != pair) {
      slot = (slot + 1) & (pairs.length - 1);
    }
    return slot;
  }

  private static long pair(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }
}
