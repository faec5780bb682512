package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointReaderTest {
  private static final Storage STORAGE = new FileStorage();

  @TempDir Path dir;

  @Test
  void writesOnlyTheRowsAskedFor() {
    Path published = Checkpoints.save(STORAGE, dir, 1);
    Region want = new Region("wk", 1, 2, 1, 2);
    try (CheckpointReader reader = CheckpointReader.open(published);
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(ValueLayout.JAVA_FLOAT, 8);
      memory.fill((byte) -1);
      reader.read(StateKind.WEIGHT, want, memory, 4, 12);
      float[] values = memory.toArray(ValueLayout.JAVA_FLOAT);
      float[] parts = Checkpoints.expected(1, StateKind.WEIGHT, want);
      float untouched = Float.intBitsToFloat(-1);
      assertArrayEquals(
          new float[] {
            untouched, parts[0], parts[1], untouched, parts[2], parts[3], untouched, untouched
          },
          values);
    }
  }

  @Test
  void refusesTensorsAndPlacesThatTheCheckpointDoesNotHave() {
    Path published = Checkpoints.save(STORAGE, dir, 1);
    try (CheckpointReader reader = CheckpointReader.open(published)) {
      assertUnsuitable(reader, new Region("wv", 0, 1, 0, 1), "has no tensor wv");
      assertUnsuitable(reader, new Region("wk", 2, 2, 0, 4), "has wk[0:3, 0:4], which does not");
      assertUnsuitable(reader, new Region("wk", 0, 3, 3, 2), "does not hold wk[0:3, 3:5]");
    }
  }

  private static void assertUnsuitable(CheckpointReader reader, Region want, String reason) {
    Refusals.assertRefused(() -> Checkpoints.read(reader, StateKind.WEIGHT, want), reason);
  }

  @Test
  void namesTheFileThatCannotBeRead() {
    Path published = Checkpoints.save(STORAGE, dir, 1);
    Storage broken =
        new InterceptedStorage(
            STORAGE,
            (operation, path) -> {
              if (operation == StorageOperation.MAP) {
                throw new IOException("Input/output error");
              }
            });
    try (CheckpointReader reader = CheckpointReader.open(broken, published)) {
      Path file = published.resolve("rank-00000.safetensors");
      Refusals.assertRefused(reader::verify, file, "Input/output error");
    }
  }

  @Test
  void isReadableByAnySafetensorsReader() {
    Path published = Checkpoints.save(STORAGE, dir, 1);
    try (SafetensorsFile file = SafetensorsFile.open(published.resolve("rank-00000.safetensors"))) {
      assertEquals(Map.of("format", "troupe-shard"), file.metadata());
      assertEquals(List.of(1L, 4L), file.tensor("exp_avg/wk[0:1, 0:4]").shape());
      assertArrayEquals(
          Checkpoints.expected(1, StateKind.EXP_AVG, new Region("wk", 0, 1, 0, 4)),
          file.data("exp_avg/wk[0:1, 0:4]").toArray(ValueLayout.JAVA_FLOAT));
    }
  }

  @Test
  void refusesDataOfAnotherSizeAndHeapMemory() {
    Region region = new Region("w", 0, 1, 0, 2);
    assertThrows(
        IllegalArgumentException.class,
        () -> new ShardEntry(StateKind.WEIGHT, region, Arena.ofAuto().allocate(12)));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ShardEntry(StateKind.WEIGHT, region, MemorySegment.ofArray(new byte[8])));
  }
}
