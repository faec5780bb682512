package dev.troupe.kernels;

import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.kernels.cpu.CpuKernels;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;

/** A device with its kernels, and the way of matrices to it and back. Owns what it allocates. */
public final class TestDevice implements AutoCloseable {
  private final Device device;
  private final Kernels kernels;
  private final Deque<DeviceBuffer> buffers = new ArrayDeque<>();

  private TestDevice(Device device, Kernels kernels) {
    this.device = device;
    this.kernels = kernels;
  }

  /** The CPU with a number of threads. */
  public static TestDevice cpu(int threads) {
    CpuDevice device = new CpuDevice("cpu:test", threads);
    return new TestDevice(device, new CpuKernels(device));
  }

  /** An emulated GPU. Its kernels are all but matrix products. */
  public static TestDevice emulatedGpu() {
    return EmulatedKernels.open();
  }

  /** A device with kernels that are closed before it. */
  static TestDevice of(Device device, Kernels kernels) {
    return new TestDevice(device, kernels);
  }

  /** The device. */
  public Device device() {
    return device;
  }

  /** Its kernels. */
  public Kernels kernels() {
    return kernels;
  }

  /** Zeroed memory that lives as long as this. */
  public DeviceBuffer allocate(long bytes) {
    DeviceBuffer buffer = device.allocate(bytes);
    buffers.push(buffer);
    return buffer;
  }

  /** A dense tensor of zeros. */
  public Tensor zeros(DataType type, int rows, int cols) {
    return Tensor.of(allocate((long) rows * cols * type.bytes()), type, rows, cols);
  }

  /** A dense tensor with the values of a matrix, rounded to its type. */
  public Tensor tensor(DataType type, Matrix values) {
    Tensor tensor = zeros(type, values.rows(), values.cols());
    write(tensor, values);
    return tensor;
  }

  /** Token ids as an int32 column. */
  public Tensor ids(Matrix ids) {
    return tensor(DataType.INT32, ids);
  }

  /** Writes a matrix to a tensor, dense or not. */
  public void write(Tensor tensor, Matrix values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host =
          arena.allocate((long) Math.max(1, tensor.cols()) * tensor.type().bytes(), 8);
      for (int r = 0; r < tensor.rows(); r++) {
        for (int c = 0; c < tensor.cols(); c++) {
          put(host, tensor.type(), c, values.at(r, c));
        }
        device.write(host.asSlice(0, row(tensor, r).bytes()), row(tensor, r));
      }
    }
  }

  /** The values of a tensor, dense or not. */
  public Matrix read(Tensor tensor) {
    Matrix values = Matrix.zeros(tensor.rows(), tensor.cols());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host =
          arena.allocate((long) Math.max(1, tensor.cols()) * tensor.type().bytes(), 8);
      for (int r = 0; r < tensor.rows(); r++) {
        device.read(row(tensor, r), host.asSlice(0, row(tensor, r).bytes()));
        for (int c = 0; c < tensor.cols(); c++) {
          values.set(r, c, get(host, tensor.type(), c));
        }
      }
    }
    return values;
  }

  /**
   * Fills memory with bytes that are NaN in every type: what is read before it is written shows.
   */
  public void poison(DeviceBuffer buffer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(buffer.bytes(), 8);
      host.fill((byte) 0xff);
      device.write(host, new BufferView(buffer, 0, buffer.bytes(), DataType.INT8));
    }
  }

  private static BufferView row(Tensor t, int r) {
    long offset = t.offset() + (long) r * t.stride() * t.type().bytes();
    return new BufferView(t.buffer(), offset, t.cols(), t.type());
  }

  private static void put(MemorySegment host, DataType type, int i, double value) {
    switch (type) {
      case FLOAT32 -> host.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
      case BFLOAT16 ->
          host.setAtIndex(ValueLayout.JAVA_SHORT, i, Bfloat16.fromFloat((float) value));
      case FLOAT64 -> host.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
      case INT32 -> host.setAtIndex(ValueLayout.JAVA_INT, i, (int) value);
      case INT8 -> host.set(ValueLayout.JAVA_BYTE, i, (byte) value);
    }
  }

  private static double get(MemorySegment host, DataType type, int i) {
    return switch (type) {
      case FLOAT32 -> host.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      case BFLOAT16 -> Bfloat16.toFloat(host.getAtIndex(ValueLayout.JAVA_SHORT, i));
      case FLOAT64 -> host.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      case INT32 -> host.getAtIndex(ValueLayout.JAVA_INT, i);
      case INT8 -> host.get(ValueLayout.JAVA_BYTE, i);
    };
  }

  @Override
  public void close() {
    buffers.forEach(DeviceBuffer::close);
    kernels.close();
    device.close();
  }
}
