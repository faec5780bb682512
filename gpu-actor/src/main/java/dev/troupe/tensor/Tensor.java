package dev.troupe.tensor;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;

/**
 * A row-major matrix view of device memory. Owns nothing.
 *
 * @param buffer where it lies
 * @param offset first byte
 * @param type element type
 * @param rows number of rows
 * @param cols number of columns
 * @param stride elements from one row to the next; at least {@code cols}
 */
public record Tensor(
    DeviceBuffer buffer, long offset, DataType type, int rows, int cols, int stride) {

  /** Checks that the matrix lies inside the buffer. */
  public Tensor {
    long elements = rows == 0 ? 0 : (rows - 1L) * stride + cols;
    if (rows < 0
        || cols < 0
        || stride < cols
        || offset < 0
        || offset + elements * type.bytes() > buffer.bytes()) {
      throw new IndexOutOfBoundsException(
          "tensor [%d x %d, stride %d] of %s at byte %d does not fit in %d bytes"
              .formatted(rows, cols, stride, type, offset, buffer.bytes()));
    }
  }

  /** A dense matrix at the start of a buffer. */
  public static Tensor of(DeviceBuffer buffer, DataType type, int rows, int cols) {
    return new Tensor(buffer, 0, type, rows, cols, cols);
  }

  /** Number of elements. */
  public long elements() {
    return (long) rows * cols;
  }

  /** Whether rows follow each other without a gap. */
  public boolean dense() {
    return stride == cols || rows <= 1;
  }

  /** Rows {@code [from, from + count)}. */
  public Tensor rows(int from, int count) {
    if (from < 0 || count < 0 || from + count > rows) {
      throw new IndexOutOfBoundsException("rows [" + from + ", +" + count + ") of " + rows);
    }
    return new Tensor(
        buffer, offset + (long) from * stride * type.bytes(), type, count, cols, stride);
  }

  /** Columns {@code [from, from + count)} of every row. */
  public Tensor cols(int from, int count) {
    if (from < 0 || count < 0 || from + count > cols) {
      throw new IndexOutOfBoundsException("columns [" + from + ", +" + count + ") of " + cols);
    }
    return new Tensor(buffer, offset + (long) from * type.bytes(), type, rows, count, stride);
  }

  /** The elements as one contiguous range. */
  public BufferView view() {
    if (!dense()) {
      throw new IllegalStateException("not dense: " + rows + " x " + cols + " stride " + stride);
    }
    return new BufferView(buffer, offset, elements(), type);
  }
}
