package dev.troupe.data.djl;

import static dev.troupe.data.testing.Failures.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.error.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeLibraryTest {
  @TempDir private Path folder;

  /** Again and again: a first failure is not what a later caller hears of. */
  @Test
  void aMissingLibraryIsAnErrorEachTimeAndLeavesNothing() throws IOException {
    NativeLibrary library =
        new NativeLibrary(
            folder, NativeLibraryTest.class, "native/lib/none", List.of("libnone.so"));
    for (int i = 0; i < 2; i++) {
      assertFails(
          Category.RESOURCE, library::require, NativeLibrary.platform(), "data.tokenizer = bytes");
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() {
    Path missing = folder.resolve("missing");
    NativeLibrary library =
        new NativeLibrary(missing, NativeLibraryTest.class, "tokenizers", List.of("corpus.txt"));
    assertFails(Category.RESOURCE, library::require, missing.toString(), "java.io.tmpdir");
  }
}
