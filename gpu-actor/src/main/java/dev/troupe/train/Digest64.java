package dev.troupe.train;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A 64-bit digest at about the speed of memory. Four lanes of multiplications and rotations, in the
 * manner of xxHash: each step is a bijection of its word, so any change of a single word changes
 * the digest; wider damage goes unseen with a probability of 2^-64. No defence against intent.
 */
final class Digest64 {
  private static final int STRIDE = 4 * Long.BYTES;
  private static final long FIRST = 0x9E3779B185EBCA87L;
  private static final long SECOND = 0xC2B2AE3D27D4EB4FL;

  private long a = FIRST;
  private long b = SECOND;
  private long c = -FIRST;
  private long d = -SECOND;

  /** Adds the segment's bytes, a multiple of 32. */
  void add(MemorySegment data) {
    long end = data.byteSize();
    if (end % STRIDE != 0) {
      throw new IllegalArgumentException(end + " bytes are no multiple of " + STRIDE);
    }
    long w = a;
    long x = b;
    long y = c;
    long z = d;
    for (long at = 0; at < end; at += STRIDE) {
      w = step(w, data.get(ValueLayout.JAVA_LONG_UNALIGNED, at));
      x = step(x, data.get(ValueLayout.JAVA_LONG_UNALIGNED, at + Long.BYTES));
      y = step(y, data.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 2 * Long.BYTES));
      z = step(z, data.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 3 * Long.BYTES));
    }
    a = w;
    b = x;
    c = y;
    d = z;
  }

  private static long step(long lane, long word) {
    return Long.rotateLeft((lane ^ word) * FIRST, 29);
  }

  /** The digest of all that was added. */
  long value() {
    long sum =
        Long.rotateLeft(a, 1)
            + Long.rotateLeft(b, 7)
            + Long.rotateLeft(c, 12)
            + Long.rotateLeft(d, 18);
    sum = (sum ^ sum >>> 33) * SECOND;
    return sum ^ sum >>> 29;
  }
}
