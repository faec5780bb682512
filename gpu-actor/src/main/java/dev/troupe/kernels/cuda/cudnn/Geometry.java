package dev.troupe.kernels.cuda.cudnn;

import dev.troupe.kernels.AttentionShape;

/**
 * What a forward plan depends on. Strides are elements from one row to the next.
 *
 * @param shape as many keys as queries
 * @param window keys that a row sees, itself included; 0: all before it
 * @param q stride of q
 * @param k stride of k
 * @param v stride of v
 * @param out stride of out
 */
public record Geometry(AttentionShape shape, int window, int q, int k, int v, int out) {

  /** Checks that the attention is square. */
  public Geometry {
    if (shape.queryLength() != shape.keyLength() || window < 0) {
      throw new IllegalArgumentException("attention " + shape + ", window " + window);
    }
  }

  /** Dense q and out; k and v side by side in one tensor. */
  public static Geometry packed(AttentionShape shape, int window) {
    int wide = shape.heads() * shape.headDim();
    int pair = 2 * shape.kvHeads() * shape.headDim();
    return new Geometry(shape, window, wide, pair, pair, wide);
  }

  /** Heads of the queries' side in rows of a matrix. */
  Extents wide(int stride) {
    return Extents.heads(
        shape.sequences(), shape.heads(), shape.queryLength(), shape.headDim(), stride);
  }

  /** Heads of the keys' side in rows of a matrix. */
  Extents narrow(int stride) {
    return Extents.heads(
        shape.sequences(), shape.kvHeads(), shape.keyLength(), shape.headDim(), stride);
  }

  /** Scores of all heads. */
  Extents scores() {
    return Extents.dense(shape.sequences(), shape.heads(), shape.queryLength(), shape.keyLength());
  }

  /** A gradient of all query heads before those of a group are summed, or before rounding. */
  Extents full() {
    return Extents.dense(shape.sequences(), shape.heads(), shape.queryLength(), shape.headDim());
  }
}
