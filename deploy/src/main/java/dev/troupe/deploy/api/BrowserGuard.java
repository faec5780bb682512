package dev.troupe.deploy.api;

import java.util.Set;
import java.util.regex.Pattern;
import org.apache.pekko.http.javadsl.model.HttpRequest;

/**
 * Keeps web pages out. A page in a browser on this host reaches loopback, too: with a request to
 * another site, which has an {@code Origin}, or through a name of its own that it lets resolve to
 * loopback (DNS rebinding), which then is the {@code Host}. Immutable.
 */
public final class BrowserGuard {
  private static final Set<String> OWN_NAMES = Set.of("localhost", "[::1]", "::1");
  private static final Pattern LOOPBACK = Pattern.compile("127(\\.[0-9]{1,3}){3}");

  private final boolean loopback;

  /**
   * A guard of a server.
   *
   * @param loopback whether only this host can connect: then only its own names are answered to
   */
  public BrowserGuard(boolean loopback) {
    this.loopback = loopback;
  }

  /** Whether a request is, or may be, a web page's. */
  public boolean refuses(HttpRequest request) {
    return request.getHeader("Origin").isPresent()
        || loopback && !isOwn(request.getUri().host().address());
  }

  private static boolean isOwn(String host) {
    return OWN_NAMES.contains(host) || LOOPBACK.matcher(host).matches();
  }
}
