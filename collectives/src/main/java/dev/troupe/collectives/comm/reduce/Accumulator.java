package dev.troupe.collectives.comm.reduce;

import dev.troupe.collectives.comm.ReduceOp;
import java.lang.foreign.MemorySegment;

/** A block of partial results of one element type, small enough for the first-level cache. */
interface Accumulator {
  /** Most elements of a block. */
  int BLOCK = 2_048;

  /** {@code block = from[offset ...]}. */
  void load(MemorySegment from, long offset, int count);

  /** {@code block = block op from[offset ...]}, element by element. */
  void combine(ReduceOp op, MemorySegment from, long offset, int count);

  /** {@code to[offset ...] = block}, rounded to the element type. */
  void store(MemorySegment to, long offset, int count);
}
