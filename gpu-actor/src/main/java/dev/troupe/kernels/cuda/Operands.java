package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.DataType;
import dev.troupe.tensor.Tensor;

/**
 * What is known of tensors before a launch. A kernel that gets shapes which do not fit each other
 * would write over its neighbours' memory without a word, so every launch is checked.
 */
final class Operands {
  /** Bytes that a thread moves at once. */
  static final int VECTOR_BYTES = 16;

  private Operands() {}

  /** Address of the first element. */
  static long address(Tensor tensor) {
    return tensor.buffer().address() + tensor.offset();
  }

  /** Elements of 16 bytes. */
  static int width(DataType type) {
    return VECTOR_BYTES / type.bytes();
  }

  /** Whether every tensor starts at a multiple of 16 bytes. */
  static boolean alignedStarts(Tensor... tensors) {
    long bits = 0;
    for (Tensor t : tensors) {
      bits |= address(t);
    }
    return bits % VECTOR_BYTES == 0;
  }

  /** Whether every row of every tensor starts at a multiple of 16 bytes. */
  static boolean aligned(Tensor... tensors) {
    long bits = 0;
    for (Tensor t : tensors) {
      bits |= t.rows() > 1 ? (long) t.stride() * t.type().bytes() : 0;
    }
    return bits % VECTOR_BYTES == 0 && alignedStarts(tensors);
  }

  /** Checks that tensors have the shape of the first. */
  static void sameShape(String kernel, Tensor first, Tensor... others) {
    for (Tensor t : others) {
      shape(kernel, t, first.rows(), first.cols());
    }
  }

  /** Checks a shape. */
  static void shape(String kernel, Tensor tensor, int rows, int cols) {
    if (tensor.rows() != rows || tensor.cols() != cols) {
      throw new IllegalArgumentException(
          "%s: [%d x %d] expected, not [%d x %d]"
              .formatted(kernel, rows, cols, tensor.rows(), tensor.cols()));
    }
  }

  /** Checks element types. */
  static void type(String kernel, DataType type, Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t.type() != type) {
        throw new IllegalArgumentException(
            "%s: %s expected, not %s".formatted(kernel, type, t.type()));
      }
    }
  }

  /** Checks that a tensor is a float32 column of a value a row, without gaps. */
  static void column(String kernel, Tensor tensor, int rows) {
    type(kernel, DataType.FLOAT32, tensor);
    shape(kernel, tensor, rows, 1);
    dense(kernel, tensor);
  }

  /** Checks that tensors have no gaps between rows. */
  static void dense(String kernel, Tensor... tensors) {
    for (Tensor t : tensors) {
      if (!t.dense()) {
        throw new IllegalArgumentException(
            "%s: rows of %d at a stride of %d are not dense"
                .formatted(kernel, t.cols(), t.stride()));
      }
    }
  }
}
