package dev.troupe.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * NVIDIA's own libraries, where a machine has them: {@code TROUPE_TEST_CUDA_LIBRARIES} names a
 * Python environment or a folder. They are used in processes of their own: no other driver can be
 * loaded beside the one that they get, and a crash in them ends only that process. Without a GPU
 * there is no driver, so one that finds no device is built.
 */
public final class RealLibraries {
  private static final String VARIABLE = "TROUPE_TEST_CUDA_LIBRARIES";
  private static final Path SOURCE = Path.of("src/test/cpp/absent_driver.cpp");

  private RealLibraries() {}

  /**
   * Runs a program that calls {@link #load}; skips the calling test where the libraries are not.
   *
   * @param folder for the driver
   * @return what it wrote
   */
  public static List<String> run(Path folder, Class<?> program, List<String> arguments)
      throws IOException, InterruptedException {
    assumeTrue(
        System.getenv(VARIABLE) != null,
        VARIABLE
            + " is not set. It names a Python environment with nvidia-cudnn-cu13, nvidia-cublas,"
            + " nvidia-cuda-nvrtc and nvidia-cuda-runtime (pip install them), or a folder that holds"
            + " their libraries; no GPU and no driver is needed, but g++");
    Path driver = folder.resolve("libcuda.so.1");
    run(
        new ProcessBuilder(
            "g++",
            "-shared",
            "-fPIC",
            "-Wl,-soname,libcuda.so.1",
            "-o",
            driver.toString(),
            SOURCE.toString()));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LD_LIBRARY_PATH", folder.toString());
    return run(builder);
  }

  private static List<String> run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.lines().toList();
  }

  /** Loads a library in a process that {@link #run} started. */
  public static void load(CudaLibrary library) {
    CudaLibraries.find(Optional.ofNullable(System.getenv(VARIABLE)).map(Path::of)).load(library);
  }
}
