package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class FlatRangeTest {
  @Test
  void cutsTheEndOfARowWholeRowsAndTheStartOfARow() {
    Region local = new Region("wq", 10, 5, 20, 4);
    assertEquals(
        List.of(
            new FlatRange(new Region("wq", 10, 1, 22, 2), 2),
            new FlatRange(new Region("wq", 11, 3, 20, 4), 4),
            new FlatRange(new Region("wq", 14, 1, 20, 3), 16)),
        FlatRange.rectangles(local, 2, 19));
  }

  @Test
  void refusesARangeBeyondTheMatrix() {
    Region local = new Region("wq", 0, 2, 0, 2);
    assertThrows(IllegalArgumentException.class, () -> FlatRange.rectangles(local, 0, 5));
    assertThrows(IllegalArgumentException.class, () -> FlatRange.rectangles(local, -1, 2));
    assertThrows(IllegalArgumentException.class, () -> FlatRange.rectangles(local, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> FlatRange.rectangles(List.of(local), 0, 5));
  }

  @Property
  void isTheRangeElementByElement(
      @ForAll @IntRange(min = 1, max = 9) int rows,
      @ForAll @IntRange(min = 1, max = 9) int cols,
      @ForAll @IntRange(max = 81) int a,
      @ForAll @IntRange(max = 81) int b) {
    Region local = new Region("w", 3, rows, 7, cols);
    long from = Math.min(Math.min(a, b), local.elements());
    long to = Math.min(Math.max(a, b), local.elements());
    List<FlatRange> parts = FlatRange.rectangles(local, from, to);
    assertTrue(parts.size() <= 3, () -> parts.toString());
    assertElements(List.of(local), from, to, parts);
  }

  @Property
  void isTheRangeOfStackedPiecesElementByElement(
      @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 1, max = 4) Integer> rows,
      @ForAll @IntRange(min = 1, max = 5) int cols,
      @ForAll @IntRange(max = 80) int a,
      @ForAll @IntRange(max = 80) int b) {
    List<Region> pieces =
        rows.stream().map(count -> new Region("w" + count, count, count, 2, cols)).toList();
    long elements = pieces.stream().mapToLong(Region::elements).sum();
    long from = Math.min(Math.min(a, b), elements);
    long to = Math.min(Math.max(a, b), elements);
    assertElements(pieces, from, to, FlatRange.rectangles(pieces, from, to));
  }

  /** Walks the parts row by row: their elements are those of the range, in order. */
  private static void assertElements(
      List<Region> pieces, long from, long to, List<FlatRange> parts) {
    long at = from;
    for (FlatRange part : parts) {
      assertEquals(at, part.offset());
      Region region = part.region();
      for (long row = region.row(); row < region.endRow(); row++) {
        for (long col = region.col(); col < region.endCol(); col++) {
          assertEquals(place(pieces, at), List.of(region.tensor(), row, col));
          at++;
        }
      }
    }
    assertEquals(to, at);
  }

  private static List<Object> place(List<Region> pieces, long flat) {
    long at = flat;
    for (Region piece : pieces) {
      if (at < piece.elements()) {
        return List.of(
            piece.tensor(), piece.row() + at / piece.cols(), piece.col() + at % piece.cols());
      }
      at -= piece.elements();
    }
    throw new AssertionError(flat + " lies beyond " + pieces);
  }
}
