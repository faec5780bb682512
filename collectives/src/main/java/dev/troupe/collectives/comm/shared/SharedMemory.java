package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.device.cpu.CpuBuffer;
import dev.troupe.collectives.device.cpu.CpuMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory that other processes of the host may map: each buffer is a file in the process's folder.
 * Closing a buffer deletes its file; peers that still have it mapped keep the pages until they are
 * done with the epoch. Thread-safe.
 */
public final class SharedMemory implements CpuMemory, AutoCloseable {
  /** Files begin at a page; nothing smaller than a vector is asked of the file system. */
  private static final long LEAST_BYTES = 64;

  private final ProcessFolder folder;
  private final AtomicLong numbers = new AtomicLong();
  private final ConcurrentSkipListMap<Long, Mapped> byAddress = new ConcurrentSkipListMap<>();
  private final Map<Long, MemorySegment> byNumber = new ConcurrentHashMap<>();

  private SharedMemory(ProcessFolder folder) {
    this.folder = folder;
  }

  private record Mapped(long number, MemorySegment segment) {}

  /**
   * Makes the folder {@code root/process}, which others may not enter, and takes its lock. A folder
   * that an ended process of this name left is replaced.
   *
   * @param root folder in a memory file system, such as one below {@code /dev/shm}; made if absent
   * @param process name of this process, as in {@link dev.troupe.collectives.mesh.Site#process}
   * @throws dev.troupe.proto.error.TroupeException with category RESOURCE when it cannot be made or
   *     a living process has that name
   */
  public static SharedMemory create(Path root, String process) {
    return new SharedMemory(ProcessFolder.create(root, process));
  }

  /** Deletes the folders that processes left which ended without closing. */
  public static void removeStale(Path root) {
    ProcessFolder.removeStale(root);
  }

  @Override
  public CpuBuffer allocate(String owner, long bytes) {
    long number = numbers.incrementAndGet();
    Path file = folder.path().resolve(Long.toString(number));
    Arena arena = Arena.ofShared();
    try {
      MemorySegment mapped =
          SharedFile.create(owner, file, Math.max(bytes, LEAST_BYTES), arena).asSlice(0, bytes);
      long address = mapped.address();
      MemorySegment segment =
          mapped.reinterpret(
              arena,
              unused -> {
                byAddress.computeIfPresent(address, (a, m) -> m.number == number ? null : m);
                byNumber.remove(number);
                SharedFile.delete(file);
              });
      byAddress.put(address, new Mapped(number, segment));
      byNumber.put(number, segment);
      return new CpuBuffer(arena, segment);
    } catch (RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  /** Deletes the folder and frees the lock; buffers that are still open stay usable. */
  @Override
  public void close() {
    folder.close();
  }

  /** The folder of this process. */
  Path folder() {
    return folder.path();
  }

  /** Where a segment lies, or null when it is not of this memory. */
  @Nullable Place find(MemorySegment segment) {
    var entry = byAddress.floorEntry(segment.address());
    if (entry == null) {
      return null;
    }
    Mapped mapped = entry.getValue();
    long offset = segment.address() - entry.getKey();
    return offset + segment.byteSize() <= mapped.segment.byteSize()
        ? new Place(mapped.number, offset)
        : null;
  }

  /** A buffer of this memory that is open, by its number. */
  @Nullable MemorySegment segment(long number) {
    return byNumber.get(number);
  }
}
