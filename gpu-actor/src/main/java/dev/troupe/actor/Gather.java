package dev.troupe.actor;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Collects what a node's ranks say about a step until all have spoken. A later step drops what came
 * before it; an earlier one, or a second word of the same rank, is ignored. Used by one actor.
 */
final class Gather<T> {
  private final int ranks;
  private final SortedMap<Integer, T> values = new TreeMap<>();
  private long step = -1;

  Gather(int ranks) {
    this.ranks = ranks;
  }

  /** Adds a word; returns whether it was the last one that was missing. */
  boolean completes(long ofStep, int rank, T value) {
    if (ofStep > step) {
      step = ofStep;
      values.clear();
    }
    return ofStep == step && values.putIfAbsent(rank, value) == null && values.size() == ranks;
  }

  /** What was said about the step, by rank. */
  SortedMap<Integer, T> values() {
    return values;
  }
}
