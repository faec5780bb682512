package dev.troupe.collectives.device.cuda;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The libraries that this process has loaded. A process loads a library once and for all, so this
 * is the one piece of process-wide state here, guarded by its class's lock.
 *
 * <p>A library is opened by its own path before the Java binding that links with it: the system's
 * loader then finds its soname in the process and looks no further, so no search path has to be set
 * when the JVM starts.
 */
final class LoadedLibraries {
  private static final Map<CudaLibrary, Path> LOADED = new EnumMap<>(CudaLibrary.class);

  private LoadedLibraries() {}

  static synchronized void load(CudaLibrary library, Path file, CudaLibraries libraries) {
    Path loaded = LOADED.get(library);
    if (loaded != null) {
      if (!loaded.equals(file)) {
        throw TroupeException.resource(
            "this process has loaded %s already, so it cannot load %s".formatted(loaded, file));
      }
      return;
    }
    try {
      open(library, file, libraries);
    } catch (UnsatisfiedLinkError
        | ExceptionInInitializerError
        | NoClassDefFoundError
        | UncheckedIOException e) {
      throw cannotLoad(library, file, e);
    }
    LOADED.put(library, file);
  }

  static TroupeException cannotLoad(CudaLibrary library, Path file, Throwable failure) {
    return new TroupeException(
        Category.RESOURCE,
        "cannot load %s: %s; to get a good one, %s"
            .formatted(file, firstLine(reason(failure)), library.remedy()),
        failure);
  }

  private static void open(CudaLibrary library, Path file, CudaLibraries libraries) {
    switch (library) {
      case DRIVER -> {
        one(library, file);
        JcudaBinding.start();
      }
      case RUNTIME, NVRTC -> one(library, file);
      case CUBLAS_LT, NCCL -> {
        bindingsNeed(libraries);
        one(library, file);
        JavacppBinding.start(library);
      }
      case CUDNN -> {
        bindingsNeed(libraries);
        // It opens both by name; a soname that is in the process already is what it gets.
        for (CudaLibrary wanted : List.of(CudaLibrary.NVRTC, CudaLibrary.CUBLAS_LT)) {
          if (libraries.has(wanted)) {
            libraries.load(wanted);
          }
        }
        one(library, file);
        JavacppBinding.start(library);
      }
    }
  }

  private static void bindingsNeed(CudaLibraries libraries) {
    libraries.load(CudaLibrary.DRIVER);
    libraries.load(CudaLibrary.RUNTIME);
  }

  private static void one(CudaLibrary library, Path file) {
    for (Path companion : companions(file, library.before())) {
      file(companion);
    }
    file(file);
    // A call of a function that a library lacks ends the process: find out beforehand.
    try (Arena arena = Arena.ofConfined()) {
      if (!library.symbol().isEmpty()
          && SymbolLookup.libraryLookup(file, arena).find(library.symbol()).isEmpty()) {
        throw new UnsatisfiedLinkError("the file has no function " + library.symbol());
      }
    } catch (IllegalArgumentException e) {
      throw new UnsatisfiedLinkError(e.getMessage());
    }
    for (Path companion : companions(file, library.after())) {
      file(companion);
    }
  }

  private static void file(Path file) {
    ElfFile.check(file);
    String name = String.valueOf(file.getFileName());
    if (JavacppBinding.knows(name)) {
      JavacppBinding.load(file, name);
    } else {
      System.load(file.toString());
    }
  }

  private static List<Path> companions(Path file, List<String> names) {
    List<Path> found = new ArrayList<>();
    Path folder = file.resolveSibling("");
    for (String name : names) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, name)) {
        files.forEach(found::add);
      } catch (IOException e) {
        throw new UnsatisfiedLinkError("cannot list " + folder + ": " + e.getMessage());
      }
    }
    return found;
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("");
  }
}
