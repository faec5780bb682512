package dev.troupe.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * A rectangle of a logical tensor whose elements lie one after the other in a local matrix: what
 * ZeRO-1's contiguous slice of a tensor-parallel shard looks like to a checkpoint.
 *
 * @param region the rectangle
 * @param offset flat index in the local matrix of the rectangle's first element
 */
public record FlatRange(Region region, long offset) {

  /**
   * Cuts the elements [from, to) of a row-major local matrix into at most three rectangles: the end
   * of the first row, the whole rows, the start of the last row. Each is contiguous in the matrix.
   *
   * @param local where the matrix lies in its logical tensor
   * @param from first flat index
   * @param to flat index after the last; equal to {@code from} for nothing
   */
  public static List<FlatRange> rectangles(Region local, long from, long to) {
    if (from < 0 || to < from || to > local.elements()) {
      throw new IllegalArgumentException("%s has no elements [%d, %d)".formatted(local, from, to));
    }
    List<FlatRange> rectangles = new ArrayList<>(3);
    long at = from;
    while (at < to) {
      long col = at % local.cols();
      boolean wholeRows = col == 0 && to - at >= local.cols();
      long rows = wholeRows ? (to - at) / local.cols() : 1;
      long cols = wholeRows ? local.cols() : Math.min(local.cols() - col, to - at);
      long row = local.row() + at / local.cols();
      rectangles.add(
          new FlatRange(new Region(local.tensor(), row, rows, local.col() + col, cols), at));
      at += rows * cols;
    }
    return rectangles;
  }

  /**
   * Cuts the elements [from, to) of a local matrix that is made of pieces one below the other, such
   * as a fused Q, K, V projection; at most three rectangles a piece.
   *
   * @param pieces where each piece lies in its logical tensor, in the order of their memory
   * @param from first flat index of the whole
   * @param to flat index after the last
   */
  public static List<FlatRange> rectangles(List<Region> pieces, long from, long to) {
    long elements = pieces.stream().mapToLong(Region::elements).sum();
    if (from < 0 || to < from || to > elements) {
      throw new IllegalArgumentException(
          "%d elements have no range [%d, %d)".formatted(elements, from, to));
    }
    List<FlatRange> rectangles = new ArrayList<>();
    long start = 0;
    for (Region piece : pieces) {
      long first = Math.clamp(from - start, 0, piece.elements());
      long last = Math.clamp(to - start, 0, piece.elements());
      for (FlatRange part : rectangles(piece, first, last)) {
        rectangles.add(new FlatRange(part.region(), start + part.offset()));
      }
      start += piece.elements();
    }
    return rectangles;
  }
}
