package dev.troupe.collectives.device.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.cuda.global.nccl;

/** A process that loads what a folder holds, and prints what it got and from where. */
final class LibraryProbe {
  private static final Pattern LIBRARY = Pattern.compile(".* r-xp .* (/.*/(lib[^/]*\\.so[^/]*))$");

  private LibraryProbe() {}

  public static void main(String[] arguments) throws IOException {
    CudaLibraries libraries = CudaLibraries.find(Optional.of(Path.of(arguments[0])));
    for (CudaLibrary library : CudaLibrary.values()) {
      FoundLibrary found = libraries.found().get(library);
      if (found != null && found.place() == LibraryPlace.CONFIGURED) {
        libraries.load(library);
        System.out.println(library + " " + called(library, libraries));
      }
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      Matcher matcher = LIBRARY.matcher(line);
      if (matcher.matches()) {
        System.out.println(matcher.group(2) + " from " + matcher.group(1));
      }
    }
  }

  /** The version as a call through the Java binding gives it, where we call one. */
  private static long called(CudaLibrary library, CudaLibraries libraries) {
    return switch (library) {
      case DRIVER -> CudaDriver.start(libraries).version();
      case RUNTIME, NVRTC -> libraries.version(library);
      case CUBLAS_LT -> cublas.cublasLtGetVersion();
      case CUDNN -> cudnn.cudnnGetVersion();
      case NCCL -> {
        int[] version = new int[1];
        nccl.ncclGetVersion(version);
        yield version[0];
      }
    };
  }
}
