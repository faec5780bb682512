package dev.troupe.kernels.cpu;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Rows of a tensor as float32: a float32 tensor is read and written where it lies, a bfloat16 one
 * through a row of lane scratch. So every row kernel exists once. Confined to one lane.
 */
final class FloatRows {
  private final MemorySegment memory;
  private final MemorySegment floats;
  private final long base;
  private final int stride;
  private final int cols;
  private final boolean direct;

  /**
   * @param slot the scratch slot that a bfloat16 row goes through
   */
  FloatRows(Tensor tensor, LaneScratch scratch, int slot) {
    this.memory = segment(tensor);
    this.base = tensor.offset() / tensor.type().bytes();
    this.stride = tensor.stride();
    this.cols = tensor.cols();
    this.direct =
        switch (tensor.type()) {
          case FLOAT32 -> true;
          case BFLOAT16 -> false;
          case FLOAT64, INT32, INT8 ->
              throw new IllegalArgumentException("no arithmetic on " + tensor.type());
        };
    this.floats = direct ? memory : scratch.floats(slot, cols);
  }

  static MemorySegment segment(Tensor tensor) {
    return ((CpuBuffer) tensor.buffer()).segment();
  }

  static MemorySegment floats(Tensor tensor) {
    if (tensor.type() != DataType.FLOAT32) {
      throw new IllegalArgumentException("float32 expected, not " + tensor.type());
    }
    return segment(tensor);
  }

  /** Index of a float32 tensor's first element in its segment. */
  static long first(Tensor tensor) {
    return tensor.offset() / tensor.type().bytes();
  }

  /** The segment that {@link #load} and {@link #place} give indices into. */
  MemorySegment segment() {
    return floats;
  }

  /** Makes row {@code r} readable and returns the index of its first float. */
  long load(int r) {
    long at = base + (long) r * stride;
    if (direct) {
      return at;
    }
    Bf16.widen(memory, at, floats, 0, cols);
    return 0;
  }

  /** Index where row {@code r} is to be written; {@link #store} follows. */
  long place(int r) {
    return direct ? base + (long) r * stride : 0;
  }

  /** Finishes the writing of row {@code r}. */
  void store(int r) {
    if (!direct) {
      Bf16.narrow(floats, 0, memory, base + (long) r * stride, cols);
    }
  }

  /** Makes columns {@code [col, col + n)} of row {@code r} readable. */
  long loadCols(int r, int col, int n) {
    long at = base + (long) r * stride + col;
    if (direct) {
      return at;
    }
    Bf16.widen(memory, at, floats, 0, n);
    return 0;
  }

  /** Writes {@code n} floats to row {@code r} from column {@code col} on. */
  void storeCols(int r, int col, int n, MemorySegment from, long f) {
    long at = base + (long) r * stride + col;
    if (direct) {
      MemorySegment.copy(from, f << 2, memory, at << 2, (long) n << 2);
    } else {
      Bf16.narrow(from, f, memory, at, n);
    }
  }
}
