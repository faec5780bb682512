package dev.troupe.deploy.cluster;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The file with the secret that all nodes share. The secret is what is between the white space at
 * both ends: at least {@value #SHORTEST} bytes. It is read where it is used and kept nowhere; no
 * message tells it.
 */
final class ClusterSecret {
  private static final String SETTING = "cluster.secret-file";
  private static final String MAKE_ONE = "Make one with: openssl rand -hex 32 > secret";
  private static final int SHORTEST = 32;
  private static final int LONGEST = 4_096;
  private static final byte[] SALT = "troupe.cluster".getBytes(StandardCharsets.US_ASCII);
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.GROUP_WRITE);

  private ClusterSecret() {}

  /**
   * Checks that a secret can be read, is long enough and is nobody else's.
   *
   * @throws TroupeException (usage) otherwise
   */
  static void check(Path file) {
    Arrays.fill(read(file), (byte) 0);
  }

  /**
   * A key made of the secret (HKDF-SHA256, RFC 5869).
   *
   * @param file the file; checked as by {@link #check}
   * @param purpose what the key is for: each purpose has a key of its own
   */
  static SecretKey key(Path file, String purpose) {
    byte[] secret = read(file);
    try {
      HKDFParameterSpec how =
          HKDFParameterSpec.ofExtract()
              .addSalt(SALT)
              .addIKM(secret)
              .thenExpand(purpose.getBytes(StandardCharsets.US_ASCII), SHORTEST);
      return KDF.getInstance("HKDF-SHA256").deriveKey(Seal.ALGORITHM, how);
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("this JDK has no HKDF-SHA256", missing);
    } finally {
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static byte[] read(Path file) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw wrong(file, "is no regular file. " + MAKE_ONE);
      }
      refuseOtherReaders(file);
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file)) {
        bytes = in.readNBytes(LONGEST + 1);
      }
      byte[] secret = trim(bytes);
      Arrays.fill(bytes, (byte) 0);
      if (secret.length < SHORTEST || bytes.length > LONGEST) {
        throw wrong(
            file,
            ("holds a secret of %d characters; it takes %d to %d. " + MAKE_ONE)
                .formatted(secret.length, SHORTEST, LONGEST));
      }
      return secret;
    } catch (NoSuchFileException absent) {
      throw wrong(file, "does not exist. " + MAKE_ONE);
    } catch (IOException unreadable) {
      throw wrong(file, "cannot be read by this user. Check its owner and rights.");
    }
  }

  /** A file of another owner, as orchestrators mount them, is read through its group. */
  private static void refuseOtherReaders(Path file) throws IOException {
    Set<PosixFilePermission> rights = EnumSet.copyOf(Files.getPosixFilePermissions(file));
    boolean ours = FileOwner.of(file) == FileOwner.ours();
    boolean open = ours && rights.contains(PosixFilePermission.GROUP_READ);
    rights.retainAll(OTHERS);
    if (open || !rights.isEmpty()) {
      throw wrong(file, "can be read or changed by other users. Run: chmod 600 " + file);
    }
  }

  private static byte[] trim(byte[] bytes) {
    int from = 0;
    int to = bytes.length;
    while (from < to && white(bytes[from])) {
      from++;
    }
    while (to > from && white(bytes[to - 1])) {
      to--;
    }
    return Arrays.copyOfRange(bytes, from, to);
  }

  private static boolean white(byte character) {
    return character == ' ' || character >= '\t' && character <= '\r';
  }

  private static TroupeException wrong(Path file, String what) {
    return TroupeException.usage(SETTING + ": " + file + " " + what);
  }
}
