package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The search for libraries in made-up file systems. */
class LibrarySearchTest {
  @TempDir Path root;

  private final Map<String, String> environment = new HashMap<>();
  private final Map<String, Path> cache = new HashMap<>();

  private Path file(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.resolveSibling(""));
    return Files.createFile(file);
  }

  private CudaLibraries find(Optional<Path> folder) {
    return new LibrarySearch(folder, environment, root, cache).find();
  }

  private static void assertFound(
      CudaLibraries found, CudaLibrary library, Path file, LibraryPlace place) {
    assertEquals(new FoundLibrary(file, place), found.found().get(library));
    assertFalse(found.missing().containsKey(library));
  }

  @Test
  void shouldFindFilesOfTheConfiguredFolderItsLibOrItsWheelsFirst() throws IOException {
    Path nccl = file("given/libnccl.so.2");
    Path cublas = file("given/lib64/libcublasLt.so.13");
    Path runtime = file("given/lib/libcudart.so.13");
    Path cudnn = file("given/lib/python3.12/site-packages/nvidia/cudnn/lib/libcudnn.so.9");
    Path driver = file("given/lib/libcuda.so.1");
    Path elsewhere = file("elsewhere/libnccl.so.2");
    environment.put("LD_LIBRARY_PATH", elsewhere.resolveSibling("").toString());
    file("usr/local/cuda/lib64/libcublasLt.so.13");

    CudaLibraries found = find(Optional.of(root.resolve("given")));

    assertFound(found, CudaLibrary.NCCL, nccl, LibraryPlace.CONFIGURED);
    assertFound(found, CudaLibrary.CUBLAS_LT, cublas, LibraryPlace.CONFIGURED);
    assertFound(found, CudaLibrary.RUNTIME, runtime, LibraryPlace.CONFIGURED);
    assertFound(found, CudaLibrary.CUDNN, cudnn, LibraryPlace.CONFIGURED);
    assertFound(found, CudaLibrary.DRIVER, driver, LibraryPlace.CONFIGURED);
  }

  @Test
  void shouldTakeAFolderOfPackagesAsWell() throws IOException {
    Path nvrtc = file("packages/nvidia/cu13/lib/libnvrtc.so.13");
    CudaLibraries found = find(Optional.of(root.resolve("packages")));
    assertFound(found, CudaLibrary.NVRTC, nvrtc, LibraryPlace.CONFIGURED);
  }

  @Test
  void shouldFindTheWheelsOfTheActiveEnvironmentBeforeThoseOfThePythonOnPath() throws IOException {
    Path active = file("venv/lib/python3.11/site-packages/nvidia/cu13/lib/libcublasLt.so.13");
    file("py/lib/python3.11/site-packages/nvidia/cu13/lib/libcublasLt.so.13");
    Path nccl = file("py/lib/python3.11/site-packages/nvidia/nccl/lib/libnccl.so.2");
    assertTrue(file("py/bin/python3").toFile().setExecutable(true));
    Path cudnn = file("home/.local/lib/python3.11/site-packages/nvidia/cudnn/lib/libcudnn.so.9");
    environment.put("VIRTUAL_ENV", root.resolve("venv").toString());
    environment.put("PATH", root.resolve("nothing") + ":" + root.resolve("py/bin"));
    environment.put("HOME", root.resolve("home").toString());

    CudaLibraries found = find(Optional.empty());

    assertFound(found, CudaLibrary.CUBLAS_LT, active, LibraryPlace.PYTHON);
    assertFound(found, CudaLibrary.NCCL, nccl, LibraryPlace.PYTHON);
    assertFound(found, CudaLibrary.CUDNN, cudnn, LibraryPlace.PYTHON);
  }

  @Test
  void shouldFollowTheLinkOfPythonToWhereItsPackagesAre() throws IOException {
    Path nccl = file("opt/py/lib/python3.13/site-packages/nvidia/nccl/lib/libnccl.so.2");
    assertTrue(file("opt/py/bin/python3").toFile().setExecutable(true));
    Files.createDirectories(root.resolve("bin"));
    Files.createSymbolicLink(root.resolve("bin/python3"), root.resolve("opt/py/bin/python3"));
    environment.put("PATH", root.resolve("bin").toString());

    assertFound(find(Optional.empty()), CudaLibrary.NCCL, nccl.toRealPath(), LibraryPlace.PYTHON);
  }

  @Test
  void shouldFindDebiansPackages() throws IOException {
    Path nccl = file("usr/local/lib/python3.11/dist-packages/nvidia/nccl/lib/libnccl.so.2");
    assertFound(find(Optional.empty()), CudaLibrary.NCCL, nccl, LibraryPlace.PYTHON);
  }

  @Test
  void shouldLookInTheLibraryPathThenTheCacheThenTheUsualFolders() throws IOException {
    Path listed = file("listed/libnccl.so.2");
    environment.put("LD_LIBRARY_PATH", ":" + root.resolve("listed") + ":");
    Path cached = file("cached/libcublasLt.so.13");
    cache.put("libcublasLt.so.13", cached);
    cache.put("libnccl.so.2", file("cached/libnccl.so.2"));
    cache.put("libcudnn.so.9", root.resolve("gone/libcudnn.so.9"));
    Path cudnn = file("usr/lib/x86_64-linux-gnu/libcudnn.so.9");
    file("usr/local/cuda-13.0/lib64/libcudart.so.13");
    Path newest = file("usr/local/cuda-13.1/lib64/libcudart.so.13");
    Path driver = file("usr/lib/wsl/lib/libcuda.so.1");

    CudaLibraries found = find(Optional.empty());

    assertFound(found, CudaLibrary.NCCL, listed, LibraryPlace.LIBRARY_PATH);
    assertFound(found, CudaLibrary.CUBLAS_LT, cached, LibraryPlace.LOADER_CACHE);
    assertFound(found, CudaLibrary.CUDNN, cudnn, LibraryPlace.USUAL_FOLDER);
    assertFound(found, CudaLibrary.RUNTIME, newest, LibraryPlace.USUAL_FOLDER);
    assertFound(found, CudaLibrary.DRIVER, driver, LibraryPlace.USUAL_FOLDER);
  }

  @Test
  void shouldNotTakeTheDriverOrAnOlderLibraryFromWheels() throws IOException {
    file("venv/lib/python3.11/site-packages/nvidia/driver/lib/libcuda.so.1");
    file("venv/lib/python3.11/site-packages/nvidia/cublas/lib/libcublasLt.so.12");
    environment.put("VIRTUAL_ENV", root.resolve("venv").toString());

    CudaLibraries found = find(Optional.empty());

    assertEquals(Map.of(), found.found());
    assertEquals(
        "libcuda.so.1 was not found; looked in LD_LIBRARY_PATH (none), the system loader's cache,"
            + " the system's usual folders; to get it, install NVIDIA's driver, release 580 or"
            + " newer; in a container, start it with the GPU (docker run --gpus all)",
        found.missing().get(CudaLibrary.DRIVER));
    assertEquals(
        "libcublasLt.so.13 was not found; looked in a Python environment's wheels, LD_LIBRARY_PATH"
            + " (none), the system loader's cache, the system's usual folders; to get it, pip"
            + " install nvidia-cublas, or install the package of CUDA 13's distribution, or set"
            + " cuda.libraries to the folder that holds it",
        found.missing().get(CudaLibrary.CUBLAS_LT));
  }

  @Test
  void shouldNameTheConfiguredFolderThatDoesNotHaveIt() {
    String sentence =
        String.valueOf(find(Optional.of(Path.of("/given"))).missing().get(CudaLibrary.NCCL));
    assertTrue(sentence.contains("looked in the configured folder /given, a Python"), sentence);
  }

  @Test
  void shouldReadTheLoadersCache() {
    String text =
        """
        3 libs found in cache `/etc/ld.so.cache'
        \tlibcuda.so.1 (libc6) => /lib/i386-linux-gnu/libcuda.so.1
        \tlibcuda.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libcuda.so.1
        \tlibcuda.so.1 (libc6,x86-64) => /other/libcuda.so.1
        \tlibnccl.so.2 (libc6,x86-64, OS ABI: Linux 3.2.0) => /opt/my libs/libnccl.so.2
        Cache generated by: ldconfig (Debian GLIBC 2.36-9) stable release version 2.36
        """;
    assertEquals(
        Map.of(
            "libcuda.so.1", Path.of("/lib/x86_64-linux-gnu/libcuda.so.1"),
            "libnccl.so.2", Path.of("/opt/my libs/libnccl.so.2")),
        LoaderCache.parse(text));
  }
}
