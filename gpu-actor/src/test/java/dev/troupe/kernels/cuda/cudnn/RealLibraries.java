package dev.troupe.kernels.cuda.cudnn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * NVIDIA's own libraries, where a machine has them: {@code TROUPE_TEST_CUDA_LIBRARIES} names a Python
 * environment or a folder. Without a GPU there is no driver, so one that finds no device is built.
 */
final class RealLibraries {
  private static final String VARIABLE = "TROUPE_TEST_CUDA_LIBRARIES";
  private static final Path SOURCE = Path.of("src/test/cpp/absent_driver.cpp");

  private RealLibraries() {}

  /** The environment or folder of the libraries; skips the calling test where there is none. */
  static Path require() {
    String named = System.getenv(VARIABLE);
    assumeTrue(
        named != null,
        VARIABLE
            + " is not set. It names a Python environment with nvidia-cudnn-cu13, nvidia-cublas,"
            + " nvidia-cuda-nvrtc and nvidia-cuda-runtime (pip install them), or a folder that holds"
            + " their libraries; no GPU and no driver is needed, but g++");
    return Path.of(String.valueOf(named));
  }

  /** Builds {@code libcuda.so.1} in a folder. */
  static Path driver(Path folder) throws IOException, InterruptedException {
    Path driver = folder.resolve("libcuda.so.1");
    List<String> command = new ArrayList<>(List.of("g++", "-shared", "-fPIC"));
    command.addAll(List.of("-Wl,-soname,libcuda.so.1", "-o", driver.toString(), SOURCE.toString()));
    Process build = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, build.waitFor(), "g++");
    return driver;
  }
}
