package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Device;
import dev.troupe.kernels.cuda.cublas.Products;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A tensor's bytes on the host, with what lies between its rows; closing it writes them back. */
final class SavedTensor implements Products.Saved {
  private static final long ALIGNMENT = 64;

  private final Device device;
  private final BufferView view;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment bytes;

  private SavedTensor(Device device, BufferView view) {
    this.device = device;
    this.view = view;
    bytes = arena.allocate(view.bytes(), ALIGNMENT);
    device.read(view, bytes);
  }

  /** Copies a tensor of at least one row to the host. */
  static SavedTensor of(Device device, Tensor tensor) {
    long elements = (tensor.rows() - 1L) * tensor.stride() + tensor.cols();
    return new SavedTensor(
        device, new BufferView(tensor.buffer(), tensor.offset(), elements, tensor.type()));
  }

  @Override
  public void close() {
    device.write(bytes, view);
    arena.close();
  }
}
