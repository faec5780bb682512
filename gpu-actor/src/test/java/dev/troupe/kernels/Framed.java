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
 * @param before columns of the larger matrix before the view
 */
public record Framed(Tensor whole, Tensor view, int before) {
  private static final int BEFORE = 5;
  private static final int AFTER = 3;

  /** 16 bytes of the smallest type that is computed with. */
  private static final int ALIGNED = 8;

  private static final double MARK = -77;

  /** A frame around the values of a matrix. */
  public static Framed of(TestDevice device, DataType type, Matrix values) {
    return of(device, type, values, BEFORE, AFTER);
  }

  /** The same, whose rows start at multiples of 16 bytes where the values have whole such units. */
  public static Framed aligned(TestDevice device, DataType type, Matrix values) {
    return of(device, type, values, ALIGNED, ALIGNED);
  }

  private static Framed of(TestDevice device, DataType type, Matrix values, int before, int after) {
    int cols = values.cols() + before + after;
    Matrix marks = Matrix.zeros(values.rows(), cols).map(x -> MARK);
    Tensor whole = device.tensor(type, marks);
    Tensor view = whole.cols(before, values.cols());
    device.write(view, values);
    return new Framed(whole, view, before);
  }

  /** Fails where a mark is gone. */
  public void assertFrameIsWhole(TestDevice device) {
    Matrix all = device.read(whole);
    for (int r = 0; r < all.rows(); r++) {
      for (int c = 0; c < all.cols(); c++) {
        if (c < before || c >= before + view.cols()) {
          assertEquals(MARK, all.at(r, c), "cell outside the view at row " + r + ", column " + c);
        }
      }
    }
  }
}
