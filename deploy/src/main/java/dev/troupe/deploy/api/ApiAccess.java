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

/** Where a server listens, and who may call it. Immutable. */
public final class ApiAccess {
  private static final String SCHEME = "Bearer ";
  private static final Set<PosixFilePermission> OTHERS_READ =
      Set.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

  private final InetAddress address;
  private final int port;
  private final byte @Nullable [] token;
  private final Names names;

  /** What the settings are called that it came from, for messages. */
  public enum Names {
    /** Settings of a job. */
    JOB("api.host", "api.port", "api.token-file", " = "),
    /** Options of a verb. */
    OPTIONS("--host", "--port", "--token-file", " ");

    private final String host;
    private final String port;
    private final String tokenFile;
    private final String is;

    Names(String host, String port, String tokenFile, String is) {
      this.host = host;
      this.port = port;
      this.tokenFile = tokenFile;
      this.is = is;
    }

    private String host(String value) {
      return host + is + value;
    }
  }

  private ApiAccess(InetAddress address, int port, byte @Nullable [] token, Names names) {
    this.address = address;
    this.port = port;
    this.token = token;
    this.names = names;
  }

  /** As {@link #of(String, int, Path, Names)}, from a job. */
  public static ApiAccess of(ClusterSpec.Api api) {
    String file = api.tokenFile();
    return of(api.host(), api.port(), file == null ? null : Path.of(file), Names.JOB);
  }

  /**
   * Reads the token and checks that what is open to other hosts needs one.
   *
   * @param host a name or an address
   * @param port 0 for any free one
   * @param tokenFile file with what callers must know; null: nothing
   * @throws TroupeException of category usage where it does not, where the host is not known, or
   *     where the token's file cannot be read or other users can
   */
  public static ApiAccess of(String host, int port, @Nullable Path tokenFile, Names names) {
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new TroupeException(
          Category.USAGE, names.host(host) + " is not known; give an address", e);
    }
    if (tokenFile == null && !address.isLoopbackAddress()) {
      throw TroupeException.usage(
          ("%s is open to other hosts and needs %s; make one with"
                  + " (umask 077; openssl rand -hex 32 > api.token), or use 127.0.0.1")
              .formatted(names.host(host), names.tokenFile));
    }
    return new ApiAccess(
        address,
        port,
        tokenFile == null ? null : readToken(tokenFile).getBytes(StandardCharsets.UTF_8),
        names);
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

  /** Why it cannot listen there, and what to do. */
  TroupeException cannotListen(@Nullable String why, Exception cause) {
    return new TroupeException(
        Category.RESOURCE,
        "cannot listen on %s port %d (%s, %s): %s; choose another %s, or 0 for any free one"
            .formatted(address.getHostAddress(), port, names.host, names.port, why, names.port),
        cause);
  }

  /** Whether only callers of this host can connect. */
  public boolean loopback() {
    return address.isLoopbackAddress();
  }

  /**
   * Whether a caller with this {@code Authorization} header may see and order; the time it takes
   * does not depend on how much of the token is right.
   */
  public boolean allows(@Nullable String authorization) {
    if (token == null) {
      return true;
    }
    return authorization != null
        && authorization.startsWith(SCHEME)
        && MessageDigest.isEqual(
            token, authorization.substring(SCHEME.length()).getBytes(StandardCharsets.UTF_8));
  }
}
