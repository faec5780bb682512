package dev.troupe.collectives.comm;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuDevice;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/** Views with random numbers, and the plain scalar reductions that collectives are held against. */
public final class TestData {
  private static final double[] SCALES = {1e-3, 1, 1e3, 10, 0.1};

  private TestData() {}

  /** A view that begins one element after its buffer, so that no vector of it is aligned. */
  public static BufferView zeros(CpuDevice device, DataType type, long count) {
    CpuBuffer buffer = device.allocate((count + 1) * type.bytes());
    return new BufferView(buffer, type.bytes(), count, type);
  }

  /** Numbers that only the seed decides, of sizes that make the order of a sum matter. */
  public static BufferView random(CpuDevice device, DataType type, long count, long seed) {
    BufferView view = zeros(device, type, count);
    SplittableRandom random = new SplittableRandom(seed);
    for (long i = 0; i < count; i++) {
      double value = random.nextDouble(-1, 1) * SCALES[(int) (i % SCALES.length)];
      set(view, i, type == DataType.INT32 ? random.nextInt() : value);
    }
    return view;
  }

  /** An element, whatever its type. */
  public static double get(BufferView view, long i) {
    MemorySegment segment = ((CpuBuffer) view.buffer()).segment();
    long at = view.offset() + i * view.type().bytes();
    return switch (view.type()) {
      case FLOAT32 -> segment.get(JAVA_FLOAT_UNALIGNED, at);
      case BFLOAT16 -> Bfloat16.toFloat(segment.get(JAVA_SHORT_UNALIGNED, at));
      case FLOAT64 -> segment.get(JAVA_DOUBLE_UNALIGNED, at);
      case INT32 -> segment.get(JAVA_INT_UNALIGNED, at);
      case INT8 -> throw new IllegalArgumentException();
    };
  }

  /** Sets an element. */
  public static void set(BufferView view, long i, double value) {
    MemorySegment segment = ((CpuBuffer) view.buffer()).segment();
    long at = view.offset() + i * view.type().bytes();
    switch (view.type()) {
      case FLOAT32 -> segment.set(JAVA_FLOAT_UNALIGNED, at, (float) value);
      case BFLOAT16 -> segment.set(JAVA_SHORT_UNALIGNED, at, Bfloat16.fromFloat((float) value));
      case FLOAT64 -> segment.set(JAVA_DOUBLE_UNALIGNED, at, value);
      case INT32 -> segment.set(JAVA_INT_UNALIGNED, at, (int) value);
      case INT8 -> throw new IllegalArgumentException();
    }
  }

  /** All elements. */
  public static double[] values(BufferView view) {
    double[] values = new double[(int) view.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = get(view, i);
    }
    return values;
  }

  /** {@code ((v0 op v1) op v2) op ...} in the precision that the type is summed in. */
  public static double reduce(DataType type, ReduceOp op, double... values) {
    double result = values[0];
    for (int i = 1; i < values.length; i++) {
      result =
          switch (op) {
            case SUM -> sum(type, result, values[i]);
            case MAX -> Math.max(result, values[i]);
            case MIN -> Math.min(result, values[i]);
          };
    }
    return type == DataType.BFLOAT16
        ? Bfloat16.toFloat(Bfloat16.fromFloat((float) result))
        : result;
  }

  private static double sum(DataType type, double a, double b) {
    return switch (type) {
      case FLOAT32, BFLOAT16 -> (float) a + (float) b;
      case FLOAT64 -> a + b;
      case INT32 -> (int) a + (int) b;
      case INT8 -> throw new IllegalArgumentException();
    };
  }
}
