package dev.troupe.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** SHA-256 over off-heap memory. Used by one thread; reusable after {@link #hex}. */
final class Sha256 {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

  private final MessageDigest digest;
  // The JDK hashes arrays quickly (SHA instructions) and off-heap memory only through copies.
  private final byte[] block = new byte[1 << 16];

  Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("Every JDK has SHA-256", impossible);
    }
  }

  /** Adds the segment's bytes. */
  Sha256 update(MemorySegment data) {
    for (long at = 0; at < data.byteSize(); at += block.length) {
      int length = (int) Math.min(block.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, block, 0, length);
      digest.update(block, 0, length);
    }
    return this;
  }

  /** The hash of what was added, as 64 lower-case hexadecimal digits; starts again from nothing. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  static String of(byte[] bytes) {
    return new Sha256().update(MemorySegment.ofArray(bytes)).hex();
  }

  /** Returns the text if it has the form of a hash. */
  static String requireHex(String text) {
    if (!HEX.matcher(text).matches()) {
      throw new IllegalArgumentException("not a SHA-256: " + text);
    }
    return text;
  }
}
