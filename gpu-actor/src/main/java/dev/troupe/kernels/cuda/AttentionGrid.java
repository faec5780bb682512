package dev.troupe.kernels.cuda;

import dev.troupe.kernels.AttentionShape;

/** Blocks of attention's kernels: one for each tile of rows of each head of each sequence. */
final class AttentionGrid {
  /** Threads a block. */
  static final int THREADS = 128;

  private AttentionGrid() {}

  /** Blocks that own {@code rows} queries each. */
  static int queries(AttentionShape shape, int rows) {
    return blocks(shape.queryLength(), rows, shape.heads(), shape.sequences());
  }

  /** Blocks that own {@code rows} keys each. */
  static int keys(AttentionShape shape, int rows) {
    return blocks(shape.keyLength(), rows, shape.kvHeads(), shape.sequences());
  }

  private static int blocks(int length, int rows, int heads, int sequences) {
    return Math.multiplyExact(Math.ceilDiv(length, rows), Math.multiplyExact(heads, sequences));
  }
}
