package dev.troupe.data.bpe;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** Numbers of words, in the order they were added; the same one twice in a row counts once. */
final class Positions {
  private int[] values = new int[4];
  private int size;

  void add(int value) {
    if (size > 0 && values[size - 1] == value) {
      return;
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  void forEach(IntConsumer action) {
    for (int i = 0; i < size; i++) {
      action.accept(values[i]);
    }
  }
}
