package dev.troupe.deploy.cluster;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * Closes messages with a tag that only holders of the secret can make: HMAC-SHA256 (RFC 2104) over
 * (serializer id, length of the manifest, manifest, bytes). The tag follows the bytes.
 *
 * <p>Thread-safe.
 */
final class Seal {
  static final String ALGORITHM = "HmacSHA256";

  /** Bytes that a tag takes. */
  static final int TAG = 32;

  /** Raised when the form of a sealed message changes. */
  private static final int VERSION = 1;

  private final Mac fresh;

  private Seal(SecretKey key) {
    try {
      fresh = Mac.getInstance(ALGORITHM);
      fresh.init(key);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this JDK has no " + ALGORITHM, missing);
    }
  }

  /** The seal of those who have the secret in {@code file}. */
  static Seal of(Path file) {
    return new Seal(ClusterSecret.key(file, "troupe.cluster.messages." + VERSION));
  }

  /** The bytes with their tag. */
  byte[] close(int serializer, String manifest, byte[] bytes) {
    byte[] sealed = Arrays.copyOf(bytes, bytes.length + TAG);
    byte[] tag = tag(serializer, manifest, bytes, bytes.length);
    System.arraycopy(tag, 0, sealed, bytes.length, TAG);
    return sealed;
  }

  /** Whether {@code sealed} ends in the tag of all that comes before it. In constant time. */
  boolean intact(int serializer, String manifest, byte[] sealed) {
    int length = sealed.length - TAG;
    return length >= 0
        && MessageDigest.isEqual(
            Arrays.copyOfRange(sealed, length, sealed.length),
            tag(serializer, manifest, sealed, length));
  }

  /** What was sealed. */
  static byte[] content(byte[] sealed) {
    return Arrays.copyOf(sealed, sealed.length - TAG);
  }

  private byte[] tag(int serializer, String manifest, byte[] bytes, int length) {
    byte[] name = manifest.getBytes(StandardCharsets.UTF_8);
    Mac mac = copy();
    mac.update(
        ByteBuffer.allocate(2 * Integer.BYTES).putInt(serializer).putInt(name.length).flip());
    mac.update(name);
    mac.update(bytes, 0, length);
    return mac.doFinal();
  }

  /** One a message: a Mac is for one thread at a time, and a copy is cheaper than a new one. */
  private Mac copy() {
    try {
      return (Mac) fresh.clone();
    } catch (CloneNotSupportedException foreign) {
      throw new IllegalStateException("this JDK's " + ALGORITHM + " cannot be copied", foreign);
    }
  }
}
