package dev.troupe.optim;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of another rank's optimizer state, the ward's, which is kept equal bit for bit: the ward
 * sends its slice of the reduced gradient, 4 bytes a parameter instead of the 12 of the state, and
 * the same update is made on both. If the ward is lost, its state is here.
 *
 * <p>Wards are a shift of the data-parallel group: the buddy of rank i is rank i + shift.
 */
public final class BuddyCopy implements AutoCloseable {
  private final Communicator dp;
  private final int shift;
  private final OptimizerState state;
  private final DeviceBuffer received;
  private final List<BufferView> gradients = new ArrayList<>();

  BuddyCopy(Device device, FlatParameters flat, Communicator dp, int shift) {
    this.dp = dp;
    this.shift = shift;
    this.state = OptimizerState.ofCopy(device, flat, Math.floorMod(dp.rank() - shift, dp.size()));
    this.received = device.allocate(flat.ownedElements() * Float.BYTES);
    long start = 0;
    for (FlatParameters.Bucket bucket : flat.buckets()) {
      long slice = flat.slice(bucket);
      gradients.add(new BufferView(received, start * Float.BYTES, slice, DataType.FLOAT32));
      start += slice;
    }
  }

  /** Bytes a rank: master weights, two moments and the gradient, float32. */
  public static long bytes(long ownedElements) {
    return 4 * ownedElements * Float.BYTES;
  }

  /** Distance in the group from each rank to the one that keeps a copy of its state. */
  public int shift() {
    return shift;
  }

  /** The ward's state. */
  public OptimizerState state() {
    return state;
  }

  /**
   * Sends this rank's slices of the reduced gradient to its buddy and takes those of its ward. A
   * collective of the group; what it returns may be awaited late.
   */
  public Pending exchange(GradientReducer own) {
    if (own.contiguous() instanceof BufferView all) {
      BufferView into = new BufferView(received, 0, all.count(), DataType.FLOAT32);
      return Late.of(dp, dp.shift(all, into, shift));
    }
    List<Pending> underWay = new ArrayList<>();
    for (int b = 0; b < gradients.size(); b++) {
      underWay.add(Late.of(dp, dp.shift(own.sum(b), gradients.get(b), shift)));
    }
    return () -> underWay.forEach(Pending::await);
  }

  /** The ward's reduced gradient of a bucket, once it has come. */
  BufferView gradient(int bucket) {
    return gradients.get(bucket);
  }

  @Override
  public void close() {
    state.close();
    received.close();
  }
}
