package dev.troupe.kernels.check;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;

/**
 * A strided view in the middle of a larger matrix whose other cells hold a mark: a kernel that
 * ignores the stride, or that writes beyond a row, destroys marks.
 *
 * @param whole the larger matrix
 * @param view the middle columns
 */
record Framed(Tensor whole, Tensor view) {
  private static final int BEFORE = 5;
  private static final int AFTER = 3;
  private static final double MARK = -77;

  static Framed of(Backend backend, DataType type, Values values) {
    Values marks = Values.filled(values.rows(), BEFORE + values.cols() + AFTER, MARK);
    Tensor whole = backend.tensor(type, marks.with(BEFORE, values));
    return new Framed(whole, whole.cols(BEFORE, values.cols()));
  }

  /** The cells around the view, as they are now. */
  Values frame(Backend backend) {
    Values all = backend.read(whole);
    Values hidden = Values.filled(view.rows(), view.cols(), MARK);
    return all.with(BEFORE, hidden);
  }
}
