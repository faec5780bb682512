package dev.troupe.collectives.device.cpu;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DeviceBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Off-heap memory that every thread may use. Use after {@link #close} is an {@link
 * IllegalStateException}, also in a thread that is using it at that moment, and never a crash.
 */
public final class CpuBuffer implements DeviceBuffer {
  private final Arena arena;
  private final MemorySegment segment;

  /**
   * Memory that lives as long as its arena, which this buffer owns.
   *
   * @param arena a shared arena
   * @param segment the memory
   */
  public CpuBuffer(Arena arena, MemorySegment segment) {
    this.arena = arena;
    this.segment = segment;
  }

  /**
   * The bytes of a view of host memory.
   *
   * @throws IllegalArgumentException when the view is of another device's memory
   */
  public static MemorySegment segmentOf(BufferView view) {
    if (view.buffer() instanceof CpuBuffer buffer) {
      return buffer.segment.asSlice(view.offset(), view.bytes());
    }
    throw new IllegalArgumentException(
        "not host memory: " + view.buffer().getClass().getSimpleName());
  }

  /** The whole range. */
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public long bytes() {
    return segment.byteSize();
  }

  @Override
  public long address() {
    return segment.address();
  }

  /** Frees the memory; idempotent. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
