package dev.troupe.model;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Angles of the rotary embedding: row t holds cos(t * w_i) and then sin(t * w_i) for i < headDim /
 * 2, with the frequencies w_i of {@link RopeFrequencies}. Every backend reads this table.
 */
public final class RopeTable {
  private RopeTable() {}

  /** Size of a table. */
  public static long bytes(int positions, int headDim) {
    return (long) positions * headDim * Float.BYTES;
  }

  /** Memory for a table; the caller owns it. */
  public static DeviceBuffer allocate(Device device, int positions, int headDim) {
    return device.allocate(bytes(positions, headDim));
  }

  /** Fills the table, float32 (positions, headDim). */
  public static Tensor fill(
      Device device, DeviceBuffer buffer, int positions, RopeFrequencies frequencies) {
    int half = frequencies.count();
    int headDim = 2 * half;
    Tensor table = Tensor.of(buffer, DataType.FLOAT32, positions, headDim);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(ValueLayout.JAVA_FLOAT, table.elements());
      for (int t = 0; t < positions; t++) {
        for (int i = 0; i < half; i++) {
          double angle = t * frequencies.at(i);
          long row = (long) t * headDim;
          host.setAtIndex(ValueLayout.JAVA_FLOAT, row + i, (float) Math.cos(angle));
          host.setAtIndex(ValueLayout.JAVA_FLOAT, row + half + i, (float) Math.sin(angle));
        }
      }
      device.write(host, table.view());
    }
    return table;
  }
}
