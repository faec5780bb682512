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

  /** Every shard has one contributor, so the all-reduce adds zeros and is exact. */
  double total() {
    BufferView view = new BufferView(buffer, 0, count, DataType.FLOAT64);
    device.write(host, view);
    dp.allReduce(view, ReduceOp.SUM).await();
    device.read(view, host);
    double total = 0;
    for (int i = 0; i < count; i++) {
      total += host.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
    }
    return total;
  }

  @Override
  public void close() {
    arena.close();
    buffer.close();
  }
}
