package dev.troupe.collectives.device.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import jcuda.driver.CUresult;

/**
 * The driver's virtual memory management, called directly: JCuda 12.6 reads the flags of an
 * allocation from the wrong object and leaves its reserved bytes unset. Every method returns a
 * {@code CUresult}; results go to the first eight bytes of {@code out}. Thread-safe.
 */
final class VirtualMemory {
  // CUmemAllocationProp: type, handle types, location (type, id), a pointer for Windows,
  // compression (byte), RDMA (byte), usage (short), 4 reserved bytes. cuda.h of CUDA 13.
  private static final MemoryLayout PROPERTIES = MemoryLayout.sequenceLayout(4, JAVA_LONG);
  private static final int PINNED = 1;
  private static final int POSIX_FILE = 1;
  private static final int LOCATION_DEVICE = 1;
  private static final int READ_WRITE = 3;
  private static final int RECOMMENDED = 1;

  private final MethodHandle granularity;
  private final MethodHandle reserve;
  private final MethodHandle create;
  private final MethodHandle map;
  private final MethodHandle setAccess;
  private final MethodHandle unmap;
  private final MethodHandle release;
  private final MethodHandle free;

  VirtualMemory(Path driver) {
    SymbolLookup library = SymbolLookup.libraryLookup(driver, Arena.global());
    granularity = call(library, "cuMemGetAllocationGranularity", ADDRESS, ADDRESS, JAVA_INT);
    reserve =
        call(library, "cuMemAddressReserve", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    create = call(library, "cuMemCreate", ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);
    map = call(library, "cuMemMap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    setAccess = call(library, "cuMemSetAccess", JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG);
    unmap = call(library, "cuMemUnmap", JAVA_LONG, JAVA_LONG);
    release = call(library, "cuMemRelease", JAVA_LONG);
    free = call(library, "cuMemAddressFree", JAVA_LONG, JAVA_LONG);
  }

  private static MethodHandle call(SymbolLookup library, String name, MemoryLayout... parameters) {
    MemorySegment function =
        library
            .find(name)
            .orElseThrow(() -> new UnsatisfiedLinkError("the CUDA driver has no " + name));
    return Linker.nativeLinker()
        .downcallHandle(function, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  /**
   * The description of memory of a GPU.
   *
   * @param shareable other processes may be given it (NCCL's windows ask for that)
   * @param rdma network cards may write to it
   */
  static MemorySegment properties(Arena arena, int gpu, boolean shareable, boolean rdma) {
    MemorySegment properties = arena.allocate(PROPERTIES);
    properties.set(JAVA_INT, 0, PINNED);
    properties.set(JAVA_INT, 4, shareable ? POSIX_FILE : 0);
    properties.set(JAVA_INT, 8, LOCATION_DEVICE);
    properties.set(JAVA_INT, 12, gpu);
    properties.set(java.lang.foreign.ValueLayout.JAVA_BYTE, 25, (byte) (rdma ? 1 : 0));
    return properties;
  }

  int granularity(MemorySegment out, MemorySegment properties) {
    return invoke(granularity, out, properties, RECOMMENDED);
  }

  int reserve(MemorySegment out, long bytes, long alignment) {
    return invoke(reserve, out, bytes, alignment, 0L, 0L);
  }

  int create(MemorySegment out, long bytes, MemorySegment properties) {
    return invoke(create, out, bytes, properties, 0L);
  }

  int map(long address, long bytes, long memory) {
    return invoke(map, address, bytes, 0L, memory, 0L);
  }

  int allowAccess(long address, long bytes, int gpu) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment access = arena.allocateFrom(JAVA_INT, LOCATION_DEVICE, gpu, READ_WRITE);
      return invoke(setAccess, address, bytes, access, 1L);
    }
  }

  int unmap(long address, long bytes) {
    return invoke(unmap, address, bytes);
  }

  int release(long memory) {
    return invoke(release, memory);
  }

  int free(long address, long bytes) {
    return invoke(free, address, bytes);
  }

  private static int invoke(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      return CUresult.CUDA_ERROR_UNKNOWN; // a native call throws nothing
    }
  }
}
