package dev.troupe.kernels.cuda;

import java.util.List;

/**
 * Tiles of the tensor-core kernels for one head size, as {@code attention.cuh} instantiates them. A
 * kernel stops when it gets less shared memory than its tiles take.
 *
 * @param headDim the head size
 * @param forwardQueries queries that a block of the forward kernel owns
 * @param forwardKeys keys it reads at a time
 * @param ownKeys keys that a block of the key kernel owns
 * @param keyQueries queries it reads at a time
 * @param ownQueries queries that a block of the query kernel owns
 * @param queryKeys keys it reads at a time
 * @param split whether the gradients of keys and values take a kernel each
 */
record FlashTiles(
    int headDim,
    int forwardQueries,
    int forwardKeys,
    int ownKeys,
    int keyQueries,
    int ownQueries,
    int queryKeys,
    boolean split) {

  /** All head sizes that have kernels. */
  static final List<FlashTiles> ALL =
      List.of(
          new FlashTiles(32, 128, 64, 128, 32, 128, 32, false),
          new FlashTiles(64, 128, 64, 128, 32, 128, 32, false),
          new FlashTiles(80, 128, 64, 64, 64, 64, 32, false),
          new FlashTiles(96, 128, 64, 64, 32, 64, 32, false),
          new FlashTiles(128, 128, 64, 64, 32, 64, 32, false),
          new FlashTiles(256, 64, 32, 64, 32, 64, 32, true));

  /** The queries, and one tile each of keys and values. */
  int forwardBytes() {
    return (forwardQueries + 2 * forwardKeys) * rowBytes();
  }

  /** Keys and values, and two stages of queries with their gradient and two numbers a row. */
  int keyBytes() {
    return (2 * ownKeys + 4 * keyQueries) * rowBytes() + 4 * keyQueries * Float.BYTES;
  }

  /** The same without a tile of values, which their own gradient does not need. */
  int valueBytes() {
    return keyBytes() - ownKeys * rowBytes();
  }

  /** Queries with their gradient, and two stages of keys and values. */
  int queryBytes() {
    return (2 * ownQueries + 4 * queryKeys) * rowBytes();
  }

  /** A row in shared memory, with the padding that spreads rows over the banks. */
  private int rowBytes() {
    return (headDim + 8) * 2;
  }
}
