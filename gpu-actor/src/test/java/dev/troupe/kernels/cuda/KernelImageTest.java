package dev.troupe.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KernelImageTest {
  private static final Path SOURCES = Path.of("src/main/cuda");
  private static final Path COMMITTED =
      Path.of("src/main/resources/dev/troupe/kernels/cuda/kernels.sha256");

  /** Sources, and the script with nvcc's options, in the order of their names. */
  private static String hashOfSources() throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String suffix : List.of(".cu", ".cuh", "build.sh")) {
      try (Stream<Path> files = Files.list(SOURCES)) {
        for (Path file : files.filter(f -> f.toString().endsWith(suffix)).sorted().toList()) {
          digest.update(Files.readAllBytes(file));
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Test
  void theCommittedKernelsAreThoseOfTheSources() throws IOException, NoSuchAlgorithmException {
    assertEquals(
        hashOfSources(),
        Files.readString(COMMITTED).strip(),
        "the kernels' sources have changed; with nvcc at hand run"
            + " gpu-actor/src/main/cuda/build.sh --commit and commit what it writes");
  }

  @Test
  void isAFatbin() {
    byte[] image = KernelImage.load();
    // Magic number of the format, little-endian 0xBA55ED50.
    assertEquals("50ed55ba", HexFormat.of().formatHex(image, 0, 4));
  }

  @Test
  void saysHowToGetKernelsWhereThereAreNone() {
    TroupeException missing =
        assertThrows(TroupeException.class, () -> KernelImage.load("/no/such/kernels.fatbin"));
    assertEquals(Category.RESOURCE, missing.category());
    assertTrue(String.valueOf(missing.getMessage()).contains("nvcc"), "says how");
  }
}
