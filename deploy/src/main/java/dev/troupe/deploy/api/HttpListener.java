package dev.troupe.deploy.api;

import com.typesafe.config.Config;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.ServerBuilder;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An address at which HTTP is served. Thread-safe. */
public final class HttpListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
  private static final Duration BIND_LIMIT = Duration.ofSeconds(20);
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

  private final ActorSystem<?> system;
  private final ServerBinding binding;

  private HttpListener(ActorSystem<?> system, ServerBinding binding) {
    this.system = system;
    this.binding = binding;
  }

  /**
   * Binds the address and serves.
   *
   * @param system whose threads serve; its end ends the server, too
   * @param access where to listen
   * @param settings of Pekko's server
   * @param bind gives the server what answers
   * @throws TroupeException of category resource where the address is not free
   */
  public static HttpListener open(
      ActorSystem<?> system,
      ApiAccess access,
      Config settings,
      Function<ServerBuilder, CompletionStage<ServerBinding>> bind) {
    CompletionStage<ServerBinding> binding;
    try {
      binding =
          bind.apply(
              Http.get(system)
                  .newServerAt(access.address().getHostAddress(), access.port())
                  .withSettings(
                      ServerSettings.create(settings.withFallback(system.settings().config()))));
    } catch (IllegalStateException e) { // a system that is ending makes no actors any more
      throw new TroupeException(
          Category.RESOURCE, "the API cannot begin: its actors are ending: " + e.getMessage(), e);
    }
    return new HttpListener(system, await(system, access, binding));
  }

  private static ServerBinding await(
      ActorSystem<?> system, ApiAccess access, CompletionStage<ServerBinding> binding) {
    CompletableFuture<ServerBinding> bound = binding.toCompletableFuture();
    try {
      CompletableFuture.anyOf(bound, system.getWhenTerminated().toCompletableFuture())
          .get(BIND_LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (!bound.isDone()) {
        throw TroupeException.resource("the API cannot begin: its actors have ended");
      }
      return bound.get();
    } catch (ExecutionException | TimeoutException e) {
      Throwable why = e;
      while (why.getCause() != null) {
        why = why.getCause();
      }
      throw access.cannotListen(why.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  /** Base of the addresses, for callers on this host. */
  public URI url() {
    InetSocketAddress bound = binding.localAddress();
    InetAddress address = bound.getAddress();
    String host =
        address.isAnyLocalAddress()
            ? "127.0.0.1"
            : address instanceof Inet6Address
                ? "[" + address.getHostAddress() + "]"
                : address.getHostAddress();
    return URI.create("http://" + host + ":" + bound.getPort());
  }

  /** Gives answers under way a moment, and frees the address. */
  @Override
  public void close() {
    if (system.getWhenTerminated().toCompletableFuture().isDone()) {
      return; // the server went with its actors
    }
    try {
      binding
          .terminate(LAST_ANSWERS)
          .toCompletableFuture()
          .get(LAST_ANSWERS.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("the API's last answers were cut off: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
