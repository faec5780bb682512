package dev.troupe.train;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A float64 a shard, filled by whichever rank computed it and summed in shard order. */
final class ShardSums implements AutoCloseable {
  private final Device device;
  private final Communicator dp;
  private final DeviceBuffer buffer;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment host;
  private final int count;

  ShardSums(Device device, Communicator dp, int count) {
    this.device = device;
    this.dp = dp;
    this.count = count;
    buffer = device.allocate((long) count * Double.BYTES);
    host = arena.allocate(ValueLayout.JAVA_DOUBLE, count);
  }

  void clear() {
    host.fill((byte) 0);
  }

  void set(int shard, double value) {
    host.setAtIndex(ValueLayout.JAVA_DOUBLE, shard, value);
  }

  void add(int shard, double value) {
    set(shard, host.getAtIndex(ValueLayout.JAVA_DOUBLE, shard) + value);
  }

  /** The sum over all shards, in their order. */
  double total() {
    return totals(1)[0];
  }

  /**
   * Where {@code width} numbers that follow each other belong to a shard: the sum of each over all
   * shards, in their order. Every number has one contributor, so the all-reduce adds zeros and is
   * exact.
   */
  double[] totals(int width) {
    BufferView view = new BufferView(buffer, 0, count, DataType.FLOAT64);
    device.write(host, view);
    dp.allReduce(view, ReduceOp.SUM).await();
    device.read(view, host);
    double[] totals = new double[width];
    for (int i = 0; i < count; i++) {
      totals[i % width] += host.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
    }
    return totals;
  }

  @Override
  public void close() {
    arena.close();
    buffer.close();
  }
}
