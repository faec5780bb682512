package dev.troupe.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * Rows of float32 elements in memory, a fixed distance apart.
 *
 * @param memory holds them
 * @param offset where the first one begins, in bytes
 * @param stride distance between the beginnings of two, in bytes
 */
record Rows(MemorySegment memory, long offset, long stride) {

  /**
   * Copies a rectangle into these rows.
   *
   * @param part what to copy
   * @param here the rectangle that these rows hold
   * @param source contiguous data of another rectangle
   * @param there that rectangle
   */
  void copy(Region part, Region here, MemorySegment source, Region there) {
    long sourceStride = there.cols() * Float.BYTES;
    long from = at(part, there, 0, sourceStride);
    long to = at(part, here, offset, stride);
    long length = part.cols() * Float.BYTES;
    boolean contiguous = length == sourceStride && length == stride;
    long pieces = contiguous ? 1 : part.rows();
    long pieceBytes = contiguous ? part.bytes() : length;
    for (long piece = 0; piece < pieces; piece++) {
      MemorySegment.copy(
          source, from + piece * sourceStride, memory, to + piece * stride, pieceBytes);
    }
  }

  /** Sets a rectangle, which these rows hold, to 0. */
  void clear(Region here) {
    for (long row = 0; row < here.rows(); row++) {
      memory.asSlice(offset + row * stride, here.cols() * Float.BYTES).fill((byte) 0);
    }
  }

  private static long at(Region part, Region whole, long offset, long stride) {
    return offset + (part.row() - whole.row()) * stride + (part.col() - whole.col()) * Float.BYTES;
  }
}
