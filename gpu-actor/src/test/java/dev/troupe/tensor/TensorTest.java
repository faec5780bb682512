package dev.troupe.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.device.DataType;
import org.junit.jupiter.api.Test;

class TensorTest {
  private final Tensor whole = Tensor.of(new Unbacked(), DataType.BFLOAT16, 6, 10);

  @Test
  void rowsAndColumnsAreViewsOfTheSameMemory() {
    Tensor part = whole.rows(2, 3).cols(4, 5);
    assertEquals(new Tensor(whole.buffer(), (2 * 10 + 4) * 2, DataType.BFLOAT16, 3, 5, 10), part);
    assertEquals(15, part.elements());
  }

  @Test
  void onlyADenseMatrixIsOneRange() {
    assertTrue(whole.rows(1, 4).dense());
    assertEquals(40, whole.rows(1, 4).view().count());
    assertFalse(whole.cols(0, 9).dense());
    assertThrows(IllegalStateException.class, () -> whole.cols(0, 9).view());
    assertEquals(9, whole.cols(0, 9).rows(5, 1).view().count(), "one row has no gaps");
  }

  @Test
  void viewsEndWhereTheMatrixEnds() {
    assertThrows(IndexOutOfBoundsException.class, () -> whole.rows(4, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> whole.rows(-1, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> whole.cols(10, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> whole.cols(3, -1));
    assertEquals(0, whole.rows(6, 0).elements());
  }
}
