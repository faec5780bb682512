package dev.troupe.collectives.comm.link;

import dev.troupe.proto.error.TroupeException;
import java.net.InetSocketAddress;

/**
 * An address as text: {@code host:port}, with an IPv6 address in brackets.
 *
 * @param host name or address, without brackets
 * @param port 0 to 65535
 */
record Endpoint(String host, int port) {
  private static final String SCHEME = "://";
  private static final int LONGEST_HOST = 255;
  private static final int LAST_PORT = 65_535;

  Endpoint {
    if (host.isEmpty() || host.length() > LONGEST_HOST || !host.chars().allMatch(Endpoint::fits)) {
      throw TroupeException.usage(
          "host '%s' is neither a name nor an address; give one such as node1, 10.0.0.1 or ::1"
              .formatted(host));
    }
    if (port < 0 || port > LAST_PORT) {
      throw TroupeException.usage("port %d is not 0 to 65535".formatted(port));
    }
  }

  /**
   * Reads {@code host:port} or {@code [ipv6]:port}, with or without {@code transport://} before it.
   */
  static Endpoint parse(String written) {
    int scheme = written.indexOf(SCHEME);
    String text = scheme < 0 ? written : written.substring(scheme + SCHEME.length());
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      throw malformed(text);
    }
    try {
      return new Endpoint(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw malformed(text);
    }
  }

  private static TroupeException malformed(String text) {
    return TroupeException.usage(
        "endpoint '%s' is not host:port, or [address]:port for IPv6".formatted(text));
  }

  // Nothing that means something in an Aeron channel: no '|', '=', '?', ',' or blank.
  private static boolean fits(int c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || ".-_:%".indexOf(c) >= 0;
  }

  /** Whether {@code written} names another transport than {@code own}. */
  static boolean isOther(String own, String written) {
    return written.contains(SCHEME) && !written.startsWith(own + SCHEME);
  }

  /** The endpoint with its transport. */
  String over(String transport) {
    return transport + SCHEME + this;
  }

  /** The address with its name looked up now; may block. */
  InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
