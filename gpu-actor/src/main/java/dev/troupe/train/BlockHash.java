package dev.troupe.train;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a block of {@link HeldState#BLOCK_BYTES} bytes. Used by one thread. */
final class BlockHash {
  /** Bytes of a hash. */
  static final long BYTES = 32;

  private final MessageDigest digest;
  // The JDK hashes arrays quickly and off-heap memory only through copies.
  private final byte[] block = new byte[(int) HeldState.BLOCK_BYTES];
  private final byte[] result = new byte[(int) BYTES];

  BlockHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every JDK has SHA-256", impossible);
    }
  }

  /** Hashes a block; the result is kept until the next one. */
  void of(MemorySegment data) {
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, block, 0, block.length);
    digest.update(block);
    try {
      int unused = digest.digest(result, 0, result.length);
    } catch (DigestException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The first 8 bytes of the SHA-256 of bytes of any length. */
  long first(MemorySegment data) {
    digest.update(data.toArray(ValueLayout.JAVA_BYTE));
    return MemorySegment.ofArray(digest.digest()).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }

  /** Writes the latest hash. */
  void write(MemorySegment to) {
    MemorySegment.copy(result, 0, to, ValueLayout.JAVA_BYTE, 0, result.length);
  }

  /** Whether the latest hash is the one that is there. */
  boolean matches(MemorySegment expected) {
    return MemorySegment.ofArray(result).mismatch(expected) < 0;
  }
}
