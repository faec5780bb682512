package dev.troupe.checkpoint;

import java.util.Optional;

/**
 * A rectangle of a logical tensor. A tensor with a single dim of n elements is [1 x n].
 *
 * @param tensor the tensor's name
 * @param row first row
 * @param rows number of rows, at least 1
 * @param col first column
 * @param cols number of columns, at least 1
 */
public record Region(String tensor, long row, long rows, long col, long cols) {
  /** Refuses empty rectangles, negative places, sizes beyond 2^63 bytes and unprintable names. */
  public Region {
    if (tensor.isBlank() || tensor.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a tensor cannot be named \"" + tensor + "\"");
    }
    if (row < 0 || col < 0 || rows < 1 || cols < 1 || !fits(row, rows, col, cols)) {
      throw new IllegalArgumentException(
          "%s has no rectangle of %d rows from %d and %d columns from %d"
              .formatted(tensor, rows, row, cols, col));
    }
  }

  private static boolean fits(long row, long rows, long col, long cols) {
    return rows <= Long.MAX_VALUE - row
        && cols <= Long.MAX_VALUE - col
        && rows <= Long.MAX_VALUE / Float.BYTES / cols;
  }

  /** Row after the last. */
  public long endRow() {
    return row + rows;
  }

  /** Column after the last. */
  public long endCol() {
    return col + cols;
  }

  /** Number of elements. */
  public long elements() {
    return rows * cols;
  }

  /** Size in bytes of its float32 data. */
  public long bytes() {
    return elements() * Float.BYTES;
  }

  /** The part that both have, of the same tensor. */
  public Optional<Region> intersection(Region other) {
    long firstRow = Math.max(row, other.row);
    long firstCol = Math.max(col, other.col);
    long commonRows = Math.min(endRow(), other.endRow()) - firstRow;
    long commonCols = Math.min(endCol(), other.endCol()) - firstCol;
    return tensor.equals(other.tensor) && commonRows > 0 && commonCols > 0
        ? Optional.of(new Region(tensor, firstRow, commonRows, firstCol, commonCols))
        : Optional.empty();
  }

  /** Whether every element of the other rectangle is in this one. */
  public boolean contains(Region other) {
    return intersection(other).filter(other::equals).isPresent();
  }

  /** As in {@code wq[128:256, 0:64]}. */
  @Override
  public String toString() {
    return "%s[%d:%d, %d:%d]".formatted(tensor, row, endRow(), col, endCol());
  }
}
