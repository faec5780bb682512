package dev.troupe.deploy.api;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ClusterSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the API listens, and who may call it. Immutable. */
public final class ApiAccess {
  private static final String SCHEME = "Bearer ";
  private static final Set<PosixFilePermission> OTHERS_READ =
      Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

  private final InetAddress address;
  private final int port;
  private final byte @Nullable [] token;

  private ApiAccess(InetAddress address, int port, byte @Nullable [] token) {
    this.address = address;
    this.port = port;
    this.token = token;
  }

  /**
   * Reads the token and checks that what is open to other hosts needs one.
   *
   * @throws TroupeException of category usage where it does not, where the host is not known, or
   *     where the token's file cannot be read or other users can
   */
  public static ApiAccess of(ClusterSpec.Api api) {
    InetAddress address;
    try {
      address = InetAddress.getByName(api.host());
    } catch (UnknownHostException e) {
      throw new TroupeException(
          Category.USAGE, "api.host = %s is not known; give an address".formatted(api.host()), e);
    }
    String file = api.tokenFile();
    if (file == null && !address.isLoopbackAddress()) {
      throw TroupeException.usage(
          ("api.host = %s is open to other hosts and needs api.token-file; make one with"
                  + " (umask 077; openssl rand -hex 32 > api.token), or use 127.0.0.1")
              .formatted(api.host()));
    }
    return new ApiAccess(
        address,
        api.port(),
        file == null ? null : readToken(Path.of(file)).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a token's file.
   *
   * @return the token, stripped
   * @throws TroupeException of category usage where it cannot be read, is empty, or other users can
   *     read it
   */
  public static String readToken(Path file) {
    String text;
    try {
      if (Files.getFileStore(file).supportsFileAttributeView("posix")
          && Files.getPosixFilePermissions(file).stream().anyMatch(OTHERS_READ::contains)) {
        throw TroupeException.usage(
            "the token file %s can be read by other users; run: chmod 600 %s"
                .formatted(file, file));
      }
      text = Files.readString(file).strip();
    } catch (IOException e) {
      throw new TroupeException(
          Category.USAGE, "cannot read the token file %s: %s".formatted(file, e), e);
    }
    if (text.isEmpty() || !text.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw TroupeException.usage(
          "the token file %s must have one line of printable ASCII; make one with: openssl rand -hex 32"
              .formatted(file));
    }
    return text;
  }

  InetAddress address() {
    return address;
  }

  int port() {
    return port;
  }

  /** Whether only callers of this host can connect. */
  boolean loopback() {
    return address.isLoopbackAddress();
  }

  /**
   * Whether a caller with this {@code Authorization} header may see and order; the time it takes
   * does not depend on how much of the token is right.
   */
  boolean allows(@Nullable String authorization) {
    if (token == null) {
      return true;
    }
    return authorization != null
        && authorization.startsWith(SCHEME)
        && MessageDigest.isEqual(
            token, authorization.substring(SCHEME.length()).getBytes(StandardCharsets.UTF_8));
  }
}
