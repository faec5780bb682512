package dev.troupe.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsTest {
  /** What {@code safetensors.serialize} of Python's safetensors 0.8.0 makes of five tensors. */
  private static final byte[] GOLDEN =
      Base64.getDecoder()
          .decode(
              "QAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJwdCJ9LCJiIjp7ImR0eXBlIjoi"
                  + "STY0Iiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMCwxNl19LCJhLndlaWdodCI6eyJk"
                  + "dHlwZSI6IkYzMiIsInNoYXBlIjpbMiwzXSwiZGF0YV9vZmZzZXRzIjpbMTYsNDBdfSwiYyI6"
                  + "eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzQwLDUyXX0sImQi"
                  + "OnsiZHR5cGUiOiJCRjE2Iiwic2hhcGUiOlsxLDJdLCJkYXRhX29mZnNldHMiOls1Miw1Nl19"
                  + "LCJlIjp7ImR0eXBlIjoiRjE2Iiwic2hhcGUiOltdLCJkYXRhX29mZnNldHMiOls1Niw1OF19"
                  + "fSAgIPn/////////AAAAAAABAAAAAIA/AAAAQAAAQEAAAIBAAACgQAAA0MABAAAA/v///wMA"
                  + "AACAPwDAADw=");

  private static final List<SafetensorsTensor> TENSORS =
      List.of(
          SafetensorsTensor.of("b", SafetensorsType.I64, 2),
          SafetensorsTensor.of("a.weight", SafetensorsType.F32, 2, 3),
          SafetensorsTensor.of("c", SafetensorsType.I32, 3),
          SafetensorsTensor.of("d", SafetensorsType.BF16, 1, 2),
          SafetensorsTensor.of("e", SafetensorsType.F16));

  @TempDir Path folder;

  @Test
  void readsAFileThatPythonWrote() throws IOException {
    Path path = Files.write(folder.resolve("golden.safetensors"), GOLDEN);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertEquals(Map.of("format", "pt"), file.metadata());
      assertEquals(TENSORS, new ArrayList<>(file.tensors().values()));
      assertArrayEquals(
          new float[] {1, 2, 3, 4, 5, -6.5f},
          file.data("a.weight").toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
      assertArrayEquals(
          new long[] {-7, 1L << 40}, file.data("b").toArray(ValueLayout.JAVA_LONG_UNALIGNED));
      assertArrayEquals(
          new int[] {1, -2, 3}, file.data("c").toArray(ValueLayout.JAVA_INT_UNALIGNED));
      assertArrayEquals(
          new short[] {0x3f80, (short) 0xc000},
          file.data("d").toArray(ValueLayout.JAVA_SHORT_UNALIGNED));
      assertArrayEquals(
          new short[] {0x3c00}, file.data("e").toArray(ValueLayout.JAVA_SHORT_UNALIGNED));
      assertTrue(file.data("e").isReadOnly());
    }
  }

  @Test
  void writesTheBytesThatPythonWrites() throws IOException {
    Path path = folder.resolve("ours.safetensors");
    int at = GOLDEN.length - 58;
    try (SafetensorsWriter writer = create(path, TENSORS)) {
      for (SafetensorsTensor tensor : TENSORS) {
        // In two pieces, as an exporter that converts bit by bit.
        int half = (int) tensor.bytes() / 2;
        writer.write(tensor.name(), golden(at, half));
        writer.write(tensor.name(), golden(at + half, (int) tensor.bytes() - half));
        at += (int) tensor.bytes();
      }
      writer.finish();
    }
    assertArrayEquals(GOLDEN, Files.readAllBytes(path));
  }

  @Test
  void alignsTheDataWhateverTheLengthOfTheHeader() throws IOException {
    for (int length = 1; length <= 16; length++) {
      Path path = folder.resolve("aligned-" + length);
      String name = "w".repeat(length);
      try (SafetensorsWriter writer =
          create(path, List.of(SafetensorsTensor.of(name, SafetensorsType.F32, 1)))) {
        writer.write(name, golden(0, 4));
        writer.finish();
      }
      byte[] bytes = Files.readAllBytes(path);
      assertEquals(4, bytes.length % 8);
      assertEquals(
          bytes.length - 12, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        assertEquals(4, file.data(name).byteSize());
      }
    }
  }

  @Test
  void keepsTensorsWithoutElementsAndOddNames() {
    Path path = folder.resolve("odd");
    List<SafetensorsTensor> tensors =
        List.of(
            SafetensorsTensor.of("none", SafetensorsType.F32, 0, 5),
            SafetensorsTensor.of("../\"w\"\\é", SafetensorsType.U8, 3),
            SafetensorsTensor.of("end", SafetensorsType.I16, 0));
    try (SafetensorsWriter writer = create(path, tensors)) {
      writer.write("../\"w\"\\é", golden(0, 3));
      writer.finish();
    }
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      assertEquals(tensors, new ArrayList<>(file.tensors().values()));
      assertEquals(0, file.data("none").byteSize());
    }
  }

  @Test
  void refusesToWriteOutOfTurnTooMuchOrTooLittle() {
    try (SafetensorsWriter writer = create(folder.resolve("w"), TENSORS)) {
      assertThrows(IllegalArgumentException.class, () -> writer.write("c", golden(0, 4)));
      assertThrows(IllegalArgumentException.class, () -> writer.write("b", golden(0, 17)));
      writer.write("b", golden(0, 16));
      assertThrows(IllegalStateException.class, writer::finish);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> create(folder.resolve("twice"), List.of(TENSORS.getFirst(), TENSORS.getFirst())));
  }

  @Test
  void namesTheFileWhenATensorIsMissing() throws IOException {
    Path path = Files.write(folder.resolve("golden.safetensors"), GOLDEN);
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      Refusals.assertRefused(() -> file.data("z"), path + " has no tensor z");
    }
  }

  private static SafetensorsWriter create(Path path, List<SafetensorsTensor> tensors) {
    return SafetensorsWriter.create(new FileStorage(), path, Map.of("format", "pt"), tensors);
  }

  private static MemorySegment golden(int at, int length) {
    return MemorySegment.ofArray(GOLDEN).asSlice(at, length);
  }
}
