package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Libraries and their Java bindings, loaded by fresh processes without any flag that helps. */
class LibraryLoadTest {
  /** A folder with NVIDIA's libraries, or a Python environment with their wheels. */
  private static final String REAL = "TROUPE_TEST_CUDA_LIBRARIES";

  @TempDir Path work;

  private Path home;
  private Path temporary;

  @BeforeEach
  void folders() throws IOException {
    home = Files.createDirectory(work.resolve("home"));
    temporary = Files.createDirectory(work.resolve("temporary"));
  }

  /** JavaCPP leaves links to the libraries beside its bindings; JUnit would warn of each. */
  @AfterEach
  void deleteLinks() throws IOException {
    try (Stream<Path> all = Files.walk(work)) {
      for (Path link : all.filter(Files::isSymbolicLink).toList()) {
        Files.delete(link);
      }
    }
  }

  private List<String> probe(Path userHome, Path folder) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Duser.home=" + userHome,
            "-Djava.io.tmpdir=" + temporary,
            "-cp",
            System.getProperty("java.class.path"),
            LibraryProbe.class.getName(),
            folder.toString());
    builder.environment().remove("XDG_CACHE_HOME");
    builder.environment().remove("LD_LIBRARY_PATH");
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text.lines().toList();
  }

  private static void assertLine(List<String> lines, String line) {
    assertTrue(lines.contains(line), () -> line + "\nis not in\n" + String.join("\n", lines));
  }

  @Test
  void shouldUnpackBindingsIntoAFolderOfTheUserAlone() throws Exception {
    EmulatedGpu gpu = EmulatedGpu.start();
    // What another user could have left for JCuda to take.
    Files.writeString(temporary.resolve("libJCudaDriver-12.6.0-linux-x86_64.so"), "not ours");

    List<String> lines = probe(home, gpu.folder());

    Path unpacked = home.resolve(".cache/troupe/native/cuda");
    assertLine(lines, "DRIVER 13000");
    assertLine(lines, "CUBLAS_LT 130101");
    assertLine(lines, "NCCL 22809");
    assertLine(lines, "libnccl.so.2 from " + gpu.folder().resolve("libnccl.so.2"));
    String binding = "libJCudaDriver-12.6.0-linux-x86_64.so";
    assertLine(lines, binding + " from " + unpacked.resolve(binding));
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(unpacked)));
  }

  @Test
  void shouldDoWithATemporaryFolderWhereHomeCannotBeWritten() throws Exception {
    EmulatedGpu gpu = EmulatedGpu.start();

    List<String> lines = probe(Files.createFile(work.resolve("no-folder")), gpu.folder());

    assertLine(lines, "DRIVER 13000");
    assertLine(lines, "NCCL 22809");
    try (Stream<Path> left = Files.list(temporary)) {
      List<String> ours =
          left.map(Path::getFileName)
              .map(String::valueOf)
              .filter(name -> name.startsWith("troupe"))
              .toList();
      assertEquals(List.of(), ours);
    }
  }

  @Test
  void shouldNotUnpackIntoAFolderThatOthersMayWriteTo() throws IOException {
    assertTrue(NativeFolder.isOurs(home.resolve("a/b")));
    Path shared = Files.createDirectory(work.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertTrue(!NativeFolder.isOurs(shared));
  }

  /** NVIDIA's own libraries under an emulated driver: they need none of its functions to load. */
  @Test
  void shouldLoadTheRealLibraries() throws Exception {
    String folder = System.getenv(REAL);
    Assumptions.assumeTrue(folder != null, "set " + REAL + " to a folder with NVIDIA's libraries");
    EmulatedGpu gpu = EmulatedGpu.start();
    CudaLibraries real = CudaLibraries.find(Optional.of(Path.of(folder)));
    Path together = Files.createDirectory(work.resolve("together"));
    Path driver = together.resolve("libcuda.so.1");
    Files.createSymbolicLink(driver, gpu.folder().resolve("libcuda.so.1"));
    for (CudaLibrary library : real.found().keySet()) {
      if (library != CudaLibrary.DRIVER) {
        try (Stream<Path> beside = Files.list(real.file(library).resolveSibling(""))) {
          for (Path file : beside.filter(path -> path.toString().contains(".so")).toList()) {
            Path link = together.resolve(String.valueOf(file.getFileName()));
            if (!Files.exists(link)) {
              Files.createSymbolicLink(link, file);
            }
          }
        }
      }
    }

    List<String> lines = probe(home, together);

    assertEquals(List.of(CudaLibrary.DRIVER), List.copyOf(real.missing().keySet()));
    for (CudaLibrary library : CudaLibrary.values()) {
      Path file = together.resolve(library.soname()).toRealPath();
      assertLine(lines, library.soname() + " from " + file);
      if (library != CudaLibrary.DRIVER) {
        assertLine(lines, library + " " + real.version(library));
      }
    }
  }
}
