package dev.troupe.kernels.cuda.cublas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.kernels.cuda.RealLibraries;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What NVIDIA's cuBLASLt says of our descriptors, without a GPU. */
class ProblemTest {
  @Test
  void shouldDescribeEveryLayoutAndRefuseToOpenWithoutAGpu(@TempDir Path folder) throws Exception {
    List<String> lines = RealLibraries.run(folder, ProblemProcess.class, List.of());
    assertTrue(lines.getFirst().matches("version 13[0-9]{4}"), lines.toString());
    assertEquals(6, lines.stream().filter(line -> line.startsWith("described ")).count());
    assertEquals("refused: cublasLtCreate: NOT_INITIALIZED", lines.getLast());
  }
}
