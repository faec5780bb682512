package dev.troupe.huggingface;

import dev.troupe.checkpoint.CheckpointReader;
import dev.troupe.checkpoint.Region;
import dev.troupe.checkpoint.SafetensorsType;
import dev.troupe.checkpoint.SafetensorsWriter;
import dev.troupe.checkpoint.StateKind;
import dev.troupe.collectives.device.Bfloat16;
import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies tensors of a checkpoint into files, a few rows at a time, however they were cut when they
 * were saved. bf16 rounds to the nearest, ties to even.
 *
 * @param reader the checkpoint
 * @param type element type in the file: F32 or BF16
 * @param copied hears of the bytes that are written
 */
record TensorCopy(CheckpointReader reader, SafetensorsType type, CopiedBytes copied) {
  private static final long CHUNK_BYTES = 1 << 20;

  /** Appends one tensor. */
  void copy(ModelTensor tensor, SafetensorsWriter file) {
    long rowBytes = (long) tensor.cols() * Float.BYTES;
    int most = (int) Math.clamp(CHUNK_BYTES / rowBytes, 1, tensor.rows());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(most * rowBytes, 64);
      for (int row = 0; row < tensor.rows(); row += most) {
        int rows = Math.min(most, tensor.rows() - row);
        Region part = new Region(tensor.name(), row, rows, 0, tensor.cols());
        reader.read(StateKind.WEIGHT, part, buffer, 0, rowBytes);
        long bytes = convert(part, buffer);
        file.write(tensor.name(), buffer.asSlice(0, bytes));
        copied.add(bytes);
      }
    }
  }

  /** Narrows in place where need be; returns the number of bytes. */
  private long convert(Region part, MemorySegment buffer) {
    long elements = part.elements();
    boolean narrow = type == SafetensorsType.BF16;
    for (long i = 0; i < elements; i++) {
      float value = buffer.getAtIndex(ValueLayout.JAVA_FLOAT, i);
      short narrowed = Bfloat16.fromFloat(value);
      if (!Float.isFinite(narrow ? Bfloat16.toFloat(narrowed) : value)) {
        throw TroupeException.data(
            "tensor %s has %s at row %d, column %d, which is no finite %s. Export another checkpoint."
                .formatted(
                    part.tensor(), value, part.row() + i / part.cols(), i % part.cols(), type));
      }
      if (narrow) {
        buffer.setAtIndex(ValueLayout.JAVA_SHORT, i, narrowed);
      }
    }
    return elements * type.bytes();
  }
}
