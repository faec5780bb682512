package dev.troupe.huggingface;

import dev.troupe.checkpoint.Region;
import dev.troupe.checkpoint.SafetensorsType;
import dev.troupe.checkpoint.ShardPart;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/**
 * One tensor of a model's file on its way into a checkpoint: its elements as float32, which is
 * exact, and refused where one is not finite.
 *
 * @param tensor the tensor
 * @param file where it is
 * @param copied hears of the bytes that are read
 */
record WeightPart(ModelTensor tensor, WeightFile file, CopiedBytes copied) implements ShardPart {
  private static final int CHUNK = 1 << 18;
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort HALF_WORD =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public StateKind kind() {
    return StateKind.WEIGHT;
  }

  @Override
  public Region region() {
    return tensor.region();
  }

  @Override
  public void send(Consumer<MemorySegment> sink) {
    SafetensorsType type = file.data().tensor(tensor.name()).type();
    MemorySegment source = file.data().data(tensor.name());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment floats = arena.allocate(ValueLayout.JAVA_FLOAT, CHUNK);
      for (long from = 0; from < tensor.elements(); from += CHUNK) {
        int count = (int) Math.min(CHUNK, tensor.elements() - from);
        for (int i = 0; i < count; i++) {
          float value = value(source, type, from + i);
          if (!Float.isFinite(value)) {
            throw notFinite(from + i, value);
          }
          floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        sink.accept(floats.asSlice(0, (long) count * Float.BYTES));
        copied.add((long) count * type.bytes());
      }
    }
  }

  private static float value(MemorySegment source, SafetensorsType type, long index) {
    return switch (type) {
      case F32 -> Float.intBitsToFloat(source.getAtIndex(WORD, index));
      case F16 -> Float.float16ToFloat(source.getAtIndex(HALF_WORD, index));
      case BF16 -> Bfloat16.toFloat(source.getAtIndex(HALF_WORD, index));
      case F64, I64, I32, I16, I8, U8, BOOL ->
          throw new IllegalArgumentException(type + " is no type of weights");
    };
  }

  private TroupeException notFinite(long index, float value) {
    return TroupeException.data(
        "%s: tensor %s has %s at row %d, column %d. Such a model computes nothing; get the file anew."
            .formatted(
                file.path(), tensor.name(), value, index / tensor.cols(), index % tensor.cols()));
  }
}
