package dev.troupe.kernels.cuda;

import dev.troupe.proto.error.TroupeException;

/** Tiles of the kernels in {@code attention_plain.cuh}. */
final class PlainTiles {
  /** Rows that a block owns. */
  static final int ROWS = 16;

  /** The widest head whose tiles fit in the 163 KiB that a block may have on sm_80. */
  static final int MAX_HEAD_DIM = 416;

  private static final int OTHERS = 32;

  private PlainTiles() {}

  /** Refuses heads that no kernel takes. */
  static void requireHead(int headDim) {
    if (headDim > MAX_HEAD_DIM) {
      throw TroupeException.usage(
          "attention on a GPU: a head of %d is wider than %d; give the model more heads"
              .formatted(headDim, MAX_HEAD_DIM));
    }
  }

  /**
   * Shared memory of a block.
   *
   * @param own tiles of its own rows
   * @param weights tiles of weights
   */
  static int bytes(int headDim, int own, int weights) {
    int width = headDim | 1;
    return Float.BYTES * ((own * ROWS + OTHERS) * width + weights * ROWS * OTHERS);
  }
}
