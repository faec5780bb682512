package dev.troupe.kernels.check;

import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.collectives.device.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Elements of host memory as numbers. */
final class Codec {
  private Codec() {}

  static void put(MemorySegment host, DataType type, long i, double value) {
    switch (type) {
      case FLOAT32 -> host.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
      case BFLOAT16 ->
          host.setAtIndex(ValueLayout.JAVA_SHORT, i, Bfloat16.fromFloat((float) value));
      case FLOAT64 -> host.setAtIndex(ValueLayout.JAVA_DOUBLE, i, value);
      case INT32 -> host.setAtIndex(ValueLayout.JAVA_INT, i, (int) value);
      case INT8 -> host.set(ValueLayout.JAVA_BYTE, i, (byte) value);
    }
  }

  static double get(MemorySegment host, DataType type, long i) {
    return switch (type) {
      case FLOAT32 -> host.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      case BFLOAT16 -> Bfloat16.toFloat(host.getAtIndex(ValueLayout.JAVA_SHORT, i));
      case FLOAT64 -> host.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
      case INT32 -> host.getAtIndex(ValueLayout.JAVA_INT, i);
      case INT8 -> host.get(ValueLayout.JAVA_BYTE, i);
    };
  }
}
