package dev.troupe.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * A part of the state that one rank saves.
 *
 * @param kind what it is
 * @param region where it belongs
 * @param data its float32 elements, row-major, contiguous, little-endian, in native memory; exactly
 *     {@code region.bytes()} bytes, which must not change while they are written
 */
public record ShardEntry(StateKind kind, Region region, MemorySegment data) implements ShardPart {
  /** Refuses data of another size, and heap memory. */
  public ShardEntry {
    if (data.byteSize() != region.bytes()) {
      throw new IllegalArgumentException(
          "%s needs %d bytes, not %d".formatted(region, region.bytes(), data.byteSize()));
    }
    if (!data.isNative()) {
      throw new IllegalArgumentException(region + " is not in native memory");
    }
  }

  @Override
  public void send(Consumer<MemorySegment> sink) {
    for (long at = 0; at < data.byteSize(); at += DiskOutput.CHUNK_BYTES) {
      sink.accept(data.asSlice(at, Math.min(DiskOutput.CHUNK_BYTES, data.byteSize() - at)));
    }
  }
}
