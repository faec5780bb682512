package dev.troupe.kernels.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Small working memory of one lane, kept from call to call so that it stays in the cache. Slots are
 * independent areas that grow to what is asked.
 */
final class LaneScratch {
  private static final int SLOTS = 12;

  private final MemorySegment[] slots = new MemorySegment[SLOTS];

  LaneScratch() {
    for (int i = 0; i < SLOTS; i++) {
      slots[i] = MemorySegment.NULL;
    }
  }

  /** At least {@code bytes} of memory, 64-byte aligned; contents undefined. */
  MemorySegment slot(int index, long bytes) {
    if (slots[index].byteSize() < bytes) {
      long rounded = Long.highestOneBit(Math.max(bytes, 4096) - 1) << 1;
      slots[index] = Arena.ofAuto().allocate(rounded, 64);
    }
    return slots[index];
  }

  /** At least {@code count} floats. */
  MemorySegment floats(int index, long count) {
    return slot(index, count * Float.BYTES);
  }
}
