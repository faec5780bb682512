package dev.troupe.kernels.cuda.cublas;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlgorithmFilesTest {
  private static final Measured QUICK = new Measured(new Algorithm("ab".repeat(64)), 12.5);
  private static final Measured SLOW = new Measured(new Algorithm("cd".repeat(64)), 99);

  @TempDir Path folder;

  private static Product product(int m) {
    return new Product(
        Layout.NT, m, 8, 16, 16, 16, 8, 8, DataType.BFLOAT16, DataType.FLOAT32, true, 256);
  }

  private AlgorithmFiles files(String environment) {
    return new AlgorithmFiles(folder.resolve("made"), environment);
  }

  @Test
  void shouldKeepWhatTheFirstProcessMeasured() throws IOException {
    assertEquals(SLOW, files("H200").keep(product(1), SLOW, any -> true));
    assertEquals(SLOW, files("H200").keep(product(1), QUICK, any -> true));
    assertEquals(Optional.of(SLOW), files("H200").read(product(1), any -> true));
    try (Stream<Path> left = Files.list(folder.resolve("made"))) {
      assertEquals(List.of(files("H200").file(product(1))), left.toList());
    }
  }

  @Test
  void shouldKnowProductsAndEnvironmentsApart() {
    files("H200").keep(product(1), QUICK, any -> true);
    assertEquals(Optional.empty(), files("A100").read(product(1), any -> true));
    assertEquals(Optional.empty(), files("H200").read(product(2), any -> true));
  }

  @Test
  void shouldReplaceWhatDoesNotFit() {
    files("H200").keep(product(1), SLOW, any -> true);
    assertEquals(QUICK, files("H200").keep(product(1), QUICK, QUICK.algorithm()::equals));
    assertEquals(Optional.of(QUICK), files("H200").read(product(1), any -> true));
  }

  @Test
  void shouldGoOnWhereNothingCanBeWritten() throws IOException {
    Files.writeString(folder.resolve("made"), "a file where the folder should be");
    assertEquals(QUICK, files("H200").keep(product(1), QUICK, any -> true));
    assertEquals(Optional.empty(), files("H200").read(product(1), any -> true));
  }
}
