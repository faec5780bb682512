package dev.troupe.deploy.cluster;

import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.remote.artery.tcp.SSLEngineProvider;
import org.apache.pekko.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Pekko's TLS with a word in the log about each peer that is refused, once a minute at most; Pekko
 * itself is silent about connections that come in and fail. Thread-safe.
 */
public final class WatchedTls implements SSLEngineProvider {
  private static final Logger LOG = LoggerFactory.getLogger(WatchedTls.class);

  private final SSLEngineProvider original;
  private final SparseWarning refusals = new SparseWarning(Duration.ofMinutes(1), System::nanoTime);

  /** Called by Pekko. */
  public WatchedTls(ActorSystem system) {
    this.original = new RotatingKeysSSLEngineProvider(system);
  }

  @Override
  public SSLEngine createServerSSLEngine(String host, int port) {
    return new WatchedEngine(original.createServerSSLEngine(host, port), this::refused);
  }

  @Override
  public SSLEngine createClientSSLEngine(String host, int port) {
    return original.createClientSSLEngine(host, port);
  }

  @Override
  public Option<Throwable> verifyClientSession(String host, SSLSession session) {
    return original.verifyClientSession(host, session);
  }

  @Override
  public Option<Throwable> verifyServerSession(String host, SSLSession session) {
    Option<Throwable> problem = original.verifyServerSession(host, session);
    if (problem.isDefined()) {
      refused(problem.get());
    }
    return problem;
  }

  private void refused(Throwable why) {
    refusals.raise(
        count ->
            LOG.warn(
                "refused {} connection(s) of peers that do not prove that they belong to this"
                    + " cluster; the last one: {}",
                count,
                why.getMessage()));
  }
}
