package dev.troupe.checkpoint;

import dev.troupe.proto.spec.ModelSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Small checkpoints whose every element says which it is. */
final class Checkpoints {
  static final long EPOCH = 3;

  /** 12 + 9 + 11 elements; {@link #model} counts as many parameters. */
  static final List<LogicalTensor> TENSORS =
      List.of(
          new LogicalTensor("wk", 3, 4),
          new LogicalTensor("wq", 3, 3),
          new LogicalTensor("norm", 1, 11));

  private Checkpoints() {}

  /** A model with that many parameters: an even number, at least 30. */
  static ModelSpec model(long parameters) {
    ModelSpec model =
        new ModelSpec("test", 2, 1, 1, 1, 1, (int) (parameters - 28) / 2, 8, 1e-5, 10_000, true);
    if (model.parameters() != parameters) {
      throw new IllegalStateException(model + " has " + model.parameters() + " parameters");
    }
    return model;
  }

  static CheckpointInfo info(long step, List<LogicalTensor> tensors) {
    long elements = tensors.stream().mapToLong(tensor -> tensor.whole().elements()).sum();
    return new CheckpointInfo(
        step, EPOCH, model(elements), "job { a = \"ü\" }", "bytes:1", step * 100);
  }

  /** The value at a place, different at every place of every kind and step. */
  static float value(long step, StateKind kind, String tensor, long row, long col) {
    return tensor.hashCode() % 97 + 1000 * kind.name().length() + 31 * row + col + step / 1024f;
  }

  /** A rectangle's entry with its values in memory of the arena. */
  static ShardEntry entry(Arena arena, long step, StateKind kind, Region region) {
    MemorySegment data = arena.allocate(region.bytes(), 64);
    for (long i = 0; i < region.elements(); i++) {
      long row = region.row() + i / region.cols();
      long col = region.col() + i % region.cols();
      data.setAtIndex(ValueLayout.JAVA_FLOAT, i, value(step, kind, region.tensor(), row, col));
    }
    return new ShardEntry(kind, region, data);
  }

  /** Begins a save and lets {@code ranks} ranks write ZeRO-1 slices: flat ranges of each tensor. */
  static Path write(Storage storage, CheckpointFolder folder, long step, int ranks) {
    Path unfinished = folder.begin(step, EPOCH);
    try (Arena arena = Arena.ofConfined()) {
      for (int rank = 0; rank < ranks; rank++) {
        ShardWriter.write(storage, unfinished, rank, entries(arena, step, rank, ranks));
      }
    }
    return unfinished;
  }

  static List<ShardEntry> entries(Arena arena, long step, int rank, int ranks) {
    List<ShardEntry> entries = new ArrayList<>();
    for (StateKind kind : StateKind.values()) {
      for (LogicalTensor tensor : TENSORS) {
        long elements = tensor.whole().elements();
        for (FlatRange part :
            FlatRange.rectangles(
                tensor.whole(), elements * rank / ranks, elements * (rank + 1) / ranks)) {
          entries.add(entry(arena, step, kind, part.region()));
        }
      }
    }
    return entries;
  }

  /** A whole save of {@link #TENSORS} by two ranks. */
  static Path save(Storage storage, Path dir, long step) {
    CheckpointFolder folder = new CheckpointFolder(storage, dir);
    write(storage, folder, step, 2);
    return folder.publish(step, info(step, TENSORS), 2);
  }

  /** Reads a rectangle into rows that are two elements longer than needed. */
  static float[] read(CheckpointReader reader, StateKind kind, Region want) {
    long stride = (want.cols() + 2) * Float.BYTES;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(4 + want.rows() * stride, 4);
      reader.read(kind, want, memory, 4, stride);
      float[] values = new float[(int) want.elements()];
      for (int i = 0; i < values.length; i++) {
        long at = 4 + i / want.cols() * stride + i % want.cols() * Float.BYTES;
        values[i] = memory.get(ValueLayout.JAVA_FLOAT, at);
      }
      return values;
    }
  }

  /** What {@link #read} must give. */
  static float[] expected(long step, StateKind kind, Region want) {
    float[] values = new float[(int) want.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          value(
              step,
              kind,
              want.tensor(),
              want.row() + i / want.cols(),
              want.col() + i % want.cols());
    }
    return values;
  }

  /** A new empty folder of its own. */
  static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("troupe-checkpoint");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
