package dev.troupe.data.digest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * SHA-256 over a list of fields. Every field is preceded by its length, so that no two lists of
 * fields give the same bytes. Not thread-safe.
 */
public final class Fingerprint {
  private final MessageDigest digest = Sha256.begin();

  /** Adds a text field. */
  public Fingerprint add(String field) {
    return add(field.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a field of raw bytes. */
  public Fingerprint add(byte[] field) {
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(field.length).flip());
    digest.update(field);
    return this;
  }

  /** Adds a number. */
  public Fingerprint add(long field) {
    return add(ByteBuffer.allocate(Long.BYTES).putLong(field).array());
  }

  /** Ends the list and returns 64 hexadecimal digits; the object then starts anew. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
