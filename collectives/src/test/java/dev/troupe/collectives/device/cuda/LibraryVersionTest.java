package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not what their names say, and what whole ones tell. */
class LibraryVersionTest {
  @TempDir Path folder;

  private String failure(CudaLibrary library) {
    CudaLibraries libraries = CudaLibraries.find(Optional.of(folder));
    TroupeException version = assertThrows(TroupeException.class, () -> libraries.version(library));
    TroupeException load = assertThrows(TroupeException.class, () -> libraries.load(library));
    assertEquals(Category.RESOURCE, load.category());
    assertEquals(load.getMessage(), version.getMessage());
    return EmulatedDriver.text(load);
  }

  @Test
  void shouldReportAFileOfSomethingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("libnvrtc.so.13"), "not a library".repeat(99));
    assertEquals(
        "cannot load "
            + file
            + ": it is no 64-bit shared library; to get a good one, pip install"
            + " nvidia-cuda-nvrtc, or install the package of CUDA 13's distribution, or set"
            + " cuda.libraries to the folder that holds it",
        failure(CudaLibrary.NVRTC));
  }

  @Test
  void shouldReportAnEmptyFile() throws IOException {
    Files.createFile(folder.resolve("libnvrtc.so.13"));
    String failure = failure(CudaLibrary.NVRTC);
    assertTrue(failure.contains("cut short: 0 bytes, where at least 64 belong"), failure);
  }

  @Test
  void shouldReportALibraryThatIsCutShortRatherThanCrash() throws IOException {
    byte[] whole = Files.readAllBytes(EmulatedGpu.start().folder().resolve("libcuda.so.1"));
    for (int bytes : new int[] {100, 4096, 20_000}) {
      Files.write(folder.resolve("libnvrtc.so.13"), Arrays.copyOf(whole, bytes));
      String failure = failure(CudaLibrary.NVRTC);
      assertTrue(failure.contains("it is cut short: " + bytes + " bytes"), failure);
    }
  }

  @Test
  void shouldReportAnotherLibraryUnderTheName() throws IOException {
    Files.copy(
        EmulatedGpu.start().folder().resolve("libcublas.so.13"), folder.resolve("libnvrtc.so.13"));
    String failure = failure(CudaLibrary.NVRTC);
    assertTrue(failure.contains("the file has no function nvrtcVersion"), failure);
  }

  @Test
  void shouldReportDamagedHeaders() throws IOException {
    byte[] whole = Files.readAllBytes(EmulatedGpu.start().folder().resolve("libcublas.so.13"));
    whole[54] = 3; // the size of an entry in the table of segments
    Files.write(folder.resolve("libnvrtc.so.13"), whole);
    assertTrue(failure(CudaLibrary.NVRTC).contains("its headers are damaged"));
  }

  @Test
  void shouldTellVersions() {
    CudaLibraries libraries = CudaLibraries.find(Optional.of(EmulatedGpu.start().folder()));
    int driver = libraries.version(CudaLibrary.DRIVER);
    assertEquals(13000, driver);
    assertEquals("13.0", CudaLibraries.versionText(CudaLibrary.DRIVER, driver));
    assertEquals("9.24.0", CudaLibraries.versionText(CudaLibrary.CUDNN, 92400));
    assertEquals("2.28.9", CudaLibraries.versionText(CudaLibrary.NCCL, 22809));
    assertEquals("13.1.1", CudaLibraries.versionText(CudaLibrary.CUBLAS_LT, 130101));
  }

  @Test
  void shouldNotLoadAnotherDriverBesideTheOneThatIsLoaded() throws IOException {
    EmulatedDriver emulated = EmulatedDriver.start();
    Path copy =
        Files.copy(emulated.libraries().file(CudaLibrary.DRIVER), folder.resolve("libcuda.so.1"));
    CudaLibraries other =
        new CudaLibraries(
            Map.of(CudaLibrary.DRIVER, new FoundLibrary(copy, LibraryPlace.CONFIGURED)), Map.of());
    TroupeException failure =
        assertThrows(TroupeException.class, () -> other.load(CudaLibrary.DRIVER));
    assertTrue(
        EmulatedDriver.text(failure).startsWith("this process has loaded "), failure.toString());
  }
}
