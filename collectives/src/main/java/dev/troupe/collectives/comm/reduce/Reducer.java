package dev.troupe.collectives.comm.reduce;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.DataType;
import java.lang.foreign.MemorySegment;

/**
 * Reduces ranges of memory, in the order in which they were given, and writes the result to one or
 * more others. A target may be one of the sources: each block is read from all sources before it is
 * written.
 */
public final class Reducer {
  private final MemorySegment[] sources;
  private final long[] sourceOffsets;
  private final MemorySegment[] targets;
  private final long[] targetOffsets;
  private final Accumulator float32 = new Float32Accumulator();
  private final Accumulator bfloat16 = new Bfloat16Accumulator();
  private final Accumulator float64 = new Float64Accumulator();
  private final Accumulator int32 = new Int32Accumulator();
  private int sourceCount;
  private int targetCount;

  /** For up to so many sources and targets. */
  public Reducer(int capacity) {
    sources = new MemorySegment[capacity];
    sourceOffsets = new long[capacity];
    targets = new MemorySegment[capacity];
    targetOffsets = new long[capacity];
  }

  /** Forgets sources and targets. */
  public void clear() {
    sourceCount = 0;
    targetCount = 0;
  }

  /** Adds a source that begins at a byte of a segment. */
  public void from(MemorySegment segment, long offset) {
    sources[sourceCount] = segment;
    sourceOffsets[sourceCount++] = offset;
  }

  /** Adds a target that begins at a byte of a segment. */
  public void to(MemorySegment segment, long offset) {
    targets[targetCount] = segment;
    targetOffsets[targetCount++] = offset;
  }

  /** {@code targets = ((s0 op s1) op s2) op ...} over {@code count} elements. */
  public void reduce(DataType type, ReduceOp op, long count) {
    Accumulator accumulator = accumulator(type);
    for (long done = 0; done < count; done += Accumulator.BLOCK) {
      int block = (int) Math.min(Accumulator.BLOCK, count - done);
      long shift = done * type.bytes();
      accumulator.load(sources[0], sourceOffsets[0] + shift, block);
      for (int i = 1; i < sourceCount; i++) {
        accumulator.combine(op, sources[i], sourceOffsets[i] + shift, block);
      }
      for (int i = 0; i < targetCount; i++) {
        accumulator.store(targets[i], targetOffsets[i] + shift, block);
      }
    }
  }

  private Accumulator accumulator(DataType type) {
    return switch (type) {
      case FLOAT32 -> float32;
      case BFLOAT16 -> bfloat16;
      case FLOAT64 -> float64;
      case INT32 -> int32;
      case INT8 -> throw new IllegalArgumentException("INT8 data cannot be reduced");
    };
  }
}
