package dev.troupe.optim;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of another rank's optimizer state, a ward's, which is kept equal bit for bit: the ward
 * sends its slice of the reduced gradient, 4 bytes a parameter instead of the 12 of the state, and
 * the same update is made on both. If the ward is lost, its state is here.
 */
final class BuddyCopy implements AutoCloseable {
  private final OptimizerState state;
  private final DeviceBuffer received;
  private final List<BufferView> gradients;

  /** Allocates zero state for the slices of {@code ward}. */
  BuddyCopy(Device device, FlatParameters flat, int ward) {
    this.state = OptimizerState.ofCopy(device, flat, ward);
    this.received = device.allocate(flat.ownedElements() * Float.BYTES);
    this.gradients = pieces(flat.buckets().stream().map(flat::slice).toList());
  }

  /** The ward's state. */
  OptimizerState state() {
    return state;
  }

  /** The ward's reduced gradient of a bucket, once it has come. */
  BufferView gradient(int bucket) {
    return gradients.get(bucket);
  }

  /** Where the ward's reduced gradient goes that comes in pieces of so many elements. */
  List<BufferView> pieces(List<Long> counts) {
    List<BufferView> pieces = new ArrayList<>();
    long start = 0;
    for (long count : counts) {
      pieces.add(new BufferView(received, start * Float.BYTES, count, DataType.FLOAT32));
      start += count;
    }
    return List.copyOf(pieces);
  }

  @Override
  public void close() {
    state.close();
    received.close();
  }
}
