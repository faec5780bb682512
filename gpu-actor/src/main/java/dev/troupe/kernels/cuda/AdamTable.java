package dev.troupe.kernels.cuda;

import static dev.troupe.kernels.cuda.Operands.address;

import dev.troupe.kernels.AdamFactors;
import dev.troupe.kernels.AdamRange;
import dev.troupe.kernels.AdamStep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * The ranges of an AdamW launch as its kernel reads them: struct AdamRange of optimizer.cuh. Each
 * range is cut into pieces, and a block of the grid takes a piece.
 */
final class AdamTable {
  /** Elements a block. */
  private static final int PIECE = 8192;

  private static final int ENTRY_BYTES = 64;

  private MemorySegment host = Arena.ofAuto().allocate(ENTRY_BYTES, Long.BYTES);

  /** Bytes of a table on the GPU. */
  static long bytes(int ranges) {
    return (long) ranges * ENTRY_BYTES;
  }

  /** The table of the latest {@link #fill}. */
  MemorySegment host() {
    return host;
  }

  /** Writes the table; the result is the number of its pieces, which may be 0. */
  int fill(List<AdamRange> ranges, AdamStep step) {
    long bytes = bytes(ranges.size());
    if (host.byteSize() < bytes) {
      host = Arena.ofAuto().allocate(bytes, Long.BYTES);
    }
    long pieces = 0;
    for (int i = 0; i < ranges.size(); i++) {
      AdamRange range = ranges.get(i);
      AdamFactors factors = AdamFactors.of(step.withWeightDecay(range.weightDecay()));
      MemorySegment entry = host.asSlice((long) i * ENTRY_BYTES, ENTRY_BYTES);
      boolean vector =
          Operands.alignedStarts(
              range.value(), range.master(), range.expAvg(), range.expAvgSq(), range.grad());
      entry.setAtIndex(ValueLayout.JAVA_LONG, 0, address(range.value()));
      entry.setAtIndex(ValueLayout.JAVA_LONG, 1, address(range.master()));
      entry.setAtIndex(ValueLayout.JAVA_LONG, 2, address(range.expAvg()));
      entry.setAtIndex(ValueLayout.JAVA_LONG, 3, address(range.expAvgSq()));
      entry.setAtIndex(ValueLayout.JAVA_LONG, 4, address(range.grad()));
      entry.setAtIndex(ValueLayout.JAVA_LONG, 5, range.master().elements());
      entry.setAtIndex(ValueLayout.JAVA_LONG, 6, pieces);
      entry.setAtIndex(ValueLayout.JAVA_FLOAT, 14, factors.keep());
      entry.setAtIndex(ValueLayout.JAVA_INT, 15, vector ? 1 : 0);
      pieces += (range.master().elements() + PIECE - 1) / PIECE;
    }
    return Math.toIntExact(pieces);
  }
}
