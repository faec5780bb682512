package dev.troupe.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;

/**
 * A strided view in the middle of a larger matrix whose other cells hold a mark: a kernel that
 * ignores the stride, or that writes beyond a row, destroys marks.
 *
 * @param whole the larger matrix
 * @param view the middle columns
 */
public record Framed(Tensor whole, Tensor view) {
  private static final int BEFORE = 5;
  private static final int AFTER = 3;
  private static final double MARK = -77;

  /** A frame around the values of a matrix. */
  public static Framed of(TestDevice device, DataType type, Matrix values) {
    int cols = values.cols() + BEFORE + AFTER;
    Matrix marks = Matrix.zeros(values.rows(), cols).map(x -> MARK);
    Tensor whole = device.tensor(type, marks);
    Tensor view = whole.cols(BEFORE, values.cols());
    device.write(view, values);
    return new Framed(whole, view);
  }

  /** Fails where a mark is gone. */
  public void assertFrameIsWhole(TestDevice device) {
    Matrix all = device.read(whole);
    for (int r = 0; r < all.rows(); r++) {
      for (int c = 0; c < all.cols(); c++) {
        if (c < BEFORE || c >= BEFORE + view.cols()) {
          assertEquals(MARK, all.at(r, c), "cell outside the view at row " + r + ", column " + c);
        }
      }
    }
  }
}
