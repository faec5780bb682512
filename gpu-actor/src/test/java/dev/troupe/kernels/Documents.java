package dev.troupe.kernels;

import java.util.SplittableRandom;

/** Sequences that are packed with documents, for tests. */
public final class Documents {
  private Documents() {}

  /**
   * The first key of each query where a sequence's keys are documents of random lengths, short ones
   * and some that are longer than tiles; sequences differ.
   *
   * @return (B*Tq, 1)
   */
  public static Matrix firstKeys(AttentionShape shape, long seed) {
    Matrix firstKeys = Matrix.zeros(shape.sequences() * shape.queryLength(), 1);
    SplittableRandom random = new SplittableRandom(seed);
    for (int s = 0; s < shape.sequences(); s++) {
      int start = 0;
      int end = 0;
      for (int key = 0; key < shape.keyLength(); key++) {
        if (key == end) {
          start = key;
          end = key + 1 + random.nextInt(random.nextInt(3) == 0 ? 150 : 12);
        }
        int query = key - shape.keyLength() + shape.queryLength();
        if (query >= 0) {
          firstKeys.set(s * shape.queryLength() + query, 0, start);
        }
      }
    }
    return firstKeys;
  }
}
