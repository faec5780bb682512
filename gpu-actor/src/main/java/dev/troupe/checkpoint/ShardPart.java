package dev.troupe.checkpoint;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A part of the state that goes into a rank's data file, handed over piece by piece. */
public interface ShardPart {
  /** What it is. */
  StateKind kind();

  /** Where it belongs. */
  Region region();

  /**
   * Hands over the float32 elements, row-major, little-endian, front to back.
   *
   * @param sink takes native pieces, {@code region().bytes()} bytes in all; done with one when it
   *     returns
   */
  void send(Consumer<MemorySegment> sink);
}
