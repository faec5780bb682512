package dev.troupe.collectives.device.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/** Asks a library for its version, without its Java binding, and so without a GPU. */
final class LibraryVersion {
  private LibraryVersion() {}

  /**
   * The version as the library counts it; 0 for one that does not tell.
   *
   * @throws UnsatisfiedLinkError when the file is damaged or another library
   */
  static int read(CudaLibrary library, Path file) {
    ElfFile.check(file);
    SymbolLookup symbols;
    try {
      // For good: such libraries do not like to be closed.
      symbols = SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new UnsatisfiedLinkError(e.getMessage());
    }
    return switch (library) {
      case DRIVER -> one(find(symbols, "cuDriverGetVersion"));
      case RUNTIME -> symbols.find("cudaRuntimeGetVersion").map(LibraryVersion::one).orElse(0);
      case NVRTC -> two(find(symbols, "nvrtcVersion"));
      case CUBLAS_LT -> returned(find(symbols, "cublasLtGetVersion"));
      case CUDNN -> returned(find(symbols, "cudnnGetVersion"));
      case NCCL -> one(find(symbols, "ncclGetVersion"));
    };
  }

  /** For people: {@code 13.1.1}. */
  static String text(CudaLibrary library, int version) {
    return switch (library) {
      case DRIVER, RUNTIME, NVRTC -> "%d.%d".formatted(version / 1000, version % 1000 / 10);
      case CUBLAS_LT, CUDNN, NCCL ->
          "%d.%d.%d".formatted(version / 10000, version % 10000 / 100, version % 100);
    };
  }

  private static MemorySegment find(SymbolLookup symbols, String name) {
    Optional<MemorySegment> function = symbols.find(name);
    return function.orElseThrow(() -> new UnsatisfiedLinkError("the file has no function " + name));
  }

  /** {@code size_t f(void)}. */
  private static int returned(MemorySegment function) {
    return ((Number) call(function, FunctionDescriptor.of(JAVA_LONG))).intValue();
  }

  /** {@code int f(int*)}. */
  private static int one(MemorySegment function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      call(function, FunctionDescriptor.of(JAVA_INT, ADDRESS), out);
      return out.get(JAVA_INT, 0);
    }
  }

  /** {@code int f(int*, int*)}, major and minor. */
  private static int two(MemorySegment function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT, 2);
      call(
          function,
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS),
          out,
          out.asSlice(Integer.BYTES));
      return 1000 * out.get(JAVA_INT, 0) + 10 * out.get(JAVA_INT, Integer.BYTES);
    }
  }

  private static Object call(MemorySegment function, FunctionDescriptor type, Object... arguments) {
    MethodHandle handle = Linker.nativeLinker().downcallHandle(function, type);
    try {
      return handle.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e); // a native call throws nothing
    }
  }
}
