package dev.troupe.trace;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * NVTX ranges, which NVIDIA's profilers (nsys) show beside their own timelines. The library only
 * passes them on to a profiler that has started this process.
 */
public final class NvtxRanges implements Tracer.Ranges {
  private static final List<String> NAMES = List.of("libnvToolsExt.so.1", "libnvtx3interop.so.1");

  private final MethodHandle push;
  private final MethodHandle pop;

  private NvtxRanges(SymbolLookup library) {
    Linker linker = Linker.nativeLinker();
    push =
        linker.downcallHandle(
            library.findOrThrow("nvtxRangePushA"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    pop =
        linker.downcallHandle(
            library.findOrThrow("nvtxRangePop"), FunctionDescriptor.of(ValueLayout.JAVA_INT));
  }

  /**
   * Ranges where NVTX is found, else none.
   *
   * @param folders where to look before the system's own places
   */
  public static Tracer.Ranges find(List<Path> folders) {
    for (String name : NAMES) {
      for (Path folder : folders) {
        Path file = folder.resolve(name);
        if (Files.isReadable(file)) {
          Optional<Tracer.Ranges> found =
              open(() -> SymbolLookup.libraryLookup(file, Arena.global()));
          if (found.isPresent()) {
            return found.get();
          }
        }
      }
      Optional<Tracer.Ranges> found = open(() -> SymbolLookup.libraryLookup(name, Arena.global()));
      if (found.isPresent()) {
        return found.get();
      }
    }
    return NONE;
  }

  private interface Library {
    SymbolLookup open();
  }

  private static Optional<Tracer.Ranges> open(Library library) {
    try {
      return Optional.of(new NvtxRanges(library.open()));
    } catch (IllegalArgumentException | java.util.NoSuchElementException notThere) {
      return Optional.empty();
    }
  }

  @Override
  public void push(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      int unused = (int) push.invokeExact(text); // the depth, or -2 where nobody listens
    } catch (Throwable e) {
      throw new IllegalStateException("nvtxRangePushA", e);
    }
  }

  @Override
  public void pop() {
    try {
      int unused = (int) pop.invokeExact();
    } catch (Throwable e) {
      throw new IllegalStateException("nvtxRangePop", e);
    }
  }
}
