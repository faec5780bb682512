package dev.troupe.kernels.cuda.cudnn;

/**
 * Sizes of a four-dimensional tensor and the elements from one index to the next: sequences, heads,
 * rows, columns.
 */
record Extents(
    long sequences,
    long heads,
    long rows,
    long cols,
    long sequenceStride,
    long headStride,
    long rowStride,
    long colStride) {

  /** A tensor without gaps. */
  static Extents dense(long sequences, long heads, long rows, long cols) {
    return new Extents(sequences, heads, rows, cols, heads * rows * cols, rows * cols, cols, 1);
  }

  /**
   * Heads side by side in the rows of a matrix: (sequences * rows, heads * cols).
   *
   * @param stride elements from one row of the matrix to the next
   */
  static Extents heads(long sequences, long heads, long rows, long cols, long stride) {
    return new Extents(sequences, heads, rows, cols, rows * stride, cols, stride, 1);
  }

  /** The same memory with rows and columns exchanged. */
  Extents transposed() {
    return new Extents(
        sequences, heads, cols, rows, sequenceStride, headStride, colStride, rowStride);
  }

  /** One column a row, without gaps: what a reduction over columns leaves. */
  Extents reduced() {
    return dense(sequences, heads, rows, 1);
  }

  long[] sizes() {
    return new long[] {sequences, heads, rows, cols};
  }

  long[] strides() {
    return new long[] {sequenceStride, headStride, rowStride, colStride};
  }
}
