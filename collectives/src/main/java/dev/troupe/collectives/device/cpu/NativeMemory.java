package dev.troupe.collectives.device.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Memory of the C library. {@link Arena#allocate} would count against {@code -Xmx}, which has
 * nothing to do with how much a device can hold.
 */
final class NativeMemory {
  /** A cache line, and the widest vector register. */
  static final long ALIGNMENT = 64;

  private static final long HUGE_PAGE = 2L << 20;
  private static final int MADV_HUGEPAGE = 14;

  private static final MethodHandle MALLOC =
      find("malloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG)).orElseThrow();
  private static final MethodHandle FREE =
      find("free", FunctionDescriptor.ofVoid(ADDRESS)).orElseThrow();
  private static final Optional<MethodHandle> MADVISE =
      System.getProperty("os.name", "").startsWith("Linux")
          ? find("madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT))
          : Optional.empty();

  private NativeMemory() {}

  /**
   * Zeroed memory, every page of it present, that is freed with the arena.
   *
   * @return the memory, or null when the system has none
   */
  static @Nullable MemorySegment allocate(long bytes, Arena arena) {
    long alignment = bytes >= HUGE_PAGE ? HUGE_PAGE : ALIGNMENT;
    MemorySegment block = malloc(Math.addExact(bytes, alignment));
    if (block.address() == 0) {
      return null;
    }
    long start = (block.address() + alignment - 1) & -alignment;
    MemorySegment segment =
        MemorySegment.ofAddress(start).reinterpret(bytes, arena, unused -> free(block));
    if (bytes >= HUGE_PAGE) {
      adviseHugePages(segment);
    }
    return segment.fill((byte) 0);
  }

  /** A wish: large pages make large reductions and products quicker, small ones serve as well. */
  private static void adviseHugePages(MemorySegment segment) {
    MADVISE.ifPresent(
        madvise -> {
          try {
            int unused = (int) madvise.invokeExact(segment, segment.byteSize(), MADV_HUGEPAGE);
          } catch (Throwable e) {
            throw new LinkageError("madvise", e);
          }
        });
  }

  private static MemorySegment malloc(long bytes) {
    try {
      return (MemorySegment) MALLOC.invokeExact(bytes);
    } catch (Throwable e) {
      throw new LinkageError("malloc", e);
    }
  }

  private static void free(MemorySegment block) {
    try {
      FREE.invokeExact(block);
    } catch (Throwable e) {
      throw new LinkageError("free", e);
    }
  }

  private static Optional<MethodHandle> find(String name, FunctionDescriptor type) {
    Linker linker = Linker.nativeLinker();
    return linker.defaultLookup().find(name).map(symbol -> linker.downcallHandle(symbol, type));
  }
}
