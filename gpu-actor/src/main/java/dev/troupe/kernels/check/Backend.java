package dev.troupe.kernels.check;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.kernels.Kernels;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A backend under check: its kernels, and memory for the tensors of one case at a time. Owns the
 * memory, not the device or the kernels. Used by the device's thread.
 */
public final class Backend implements AutoCloseable {
  private static final long ALIGNMENT = 256;

  private final Device device;
  private final Kernels kernels;
  private final DeviceBuffer memory;
  private long used;

  /**
   * A backend with memory for cases.
   *
   * @param bytes as {@link KernelCases#bytes} says
   */
  public Backend(Device device, Kernels kernels, long bytes) {
    this.device = device;
    this.kernels = kernels;
    this.memory = device.allocate(bytes);
  }

  /** What is checked. */
  Kernels kernels() {
    return kernels;
  }

  /** Frees the tensors of the last case. */
  void reset() {
    used = 0;
  }

  /** A dense tensor of values, rounded to its type. */
  Tensor tensor(DataType type, Values values) {
    long bytes = Math.max(1, (long) values.data().length) * type.bytes();
    if (used + bytes > memory.bytes()) {
      throw new IllegalStateException(
          "the case needs more than %,d bytes of memory".formatted(memory.bytes()));
    }
    Tensor tensor = new Tensor(memory, used, type, values.rows(), values.cols(), values.cols());
    used += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(bytes, Long.BYTES);
      double[] data = values.data();
      for (int i = 0; i < data.length; i++) {
        Codec.put(host, type, i, data[i]);
      }
      device.write(host.asSlice(0, tensor.view().bytes()), tensor.view());
    }
    return tensor;
  }

  /** A dense tensor that a kernel is to write: what it reads or leaves of it is NaN. */
  Tensor output(DataType type, int rows, int cols) {
    return tensor(type, Values.filled(rows, cols, Double.NaN));
  }

  /** A strided tensor of values, in a frame of marks. */
  Framed framed(DataType type, Values values) {
    return Framed.of(this, type, values);
  }

  /** A strided tensor that a kernel is to write. */
  Framed framedOutput(DataType type, int rows, int cols) {
    return framed(type, Values.filled(rows, cols, Double.NaN));
  }

  /** The values of a tensor, dense or not, after all work given before. */
  Values read(Tensor tensor) {
    long elements = tensor.rows() == 0 ? 0 : (tensor.rows() - 1L) * tensor.stride() + tensor.cols();
    double[] data = new double[tensor.rows() * tensor.cols()];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host =
          arena.allocate(Math.max(1, elements) * tensor.type().bytes(), Long.BYTES);
      BufferView all = new BufferView(tensor.buffer(), tensor.offset(), elements, tensor.type());
      device.read(all, host.asSlice(0, all.bytes()));
      for (int r = 0; r < tensor.rows(); r++) {
        for (int c = 0; c < tensor.cols(); c++) {
          data[r * tensor.cols() + c] =
              Codec.get(host, tensor.type(), (long) r * tensor.stride() + c);
        }
      }
    }
    return new Values(tensor.rows(), tensor.cols(), data);
  }

  @Override
  public void close() {
    memory.close();
  }
}
