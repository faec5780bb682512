package dev.troupe.model;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Keys and values of the positions seen so far, a pair of matrices a block. Owns its memory. */
public final class KeyValueCache implements AutoCloseable {
  /** One block's cache: (capacity, kvHeads*hd) each; zero beyond the positions seen. */
  record Layer(Tensor keys, Tensor values) {}

  private final DeviceBuffer buffer;
  private final List<Layer> layers = new ArrayList<>();
  private final int capacity;
  private int length;

  /**
   * An empty cache for {@code capacity} positions.
   *
   * @param buffer zeroed memory of {@link #bytes}, owned by the cache from now on
   */
  KeyValueCache(DeviceBuffer buffer, DataType type, int blocks, int capacity, int width) {
    this.buffer = buffer;
    this.capacity = capacity;
    long matrix = (long) capacity * width * type.bytes();
    for (int b = 0; b < blocks; b++) {
      layers.add(
          new Layer(
              new Tensor(buffer, 2L * b * matrix, type, capacity, width, width),
              new Tensor(buffer, (2L * b + 1) * matrix, type, capacity, width, width)));
    }
  }

  /** Bytes for so many blocks and positions; {@code width}: of a rank's key/value heads. */
  public static long bytes(DataType type, int blocks, int capacity, int width) {
    return 2L * blocks * capacity * width * type.bytes();
  }

  Layer layer(int block) {
    return layers.get(block);
  }

  /** Positions seen so far. */
  public int length() {
    return length;
  }

  /** Positions there is room for. */
  public int capacity() {
    return capacity;
  }

  void advance(int positions) {
    length += positions;
  }

  @Override
  public void close() {
    buffer.close();
  }
}
