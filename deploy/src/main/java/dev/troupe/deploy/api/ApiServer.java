package dev.troupe.deploy.api;

import com.typesafe.config.ConfigFactory;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.http.javadsl.ServerBinding;
import org.apache.pekko.http.javadsl.settings.ServerSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP API of a run: {@code GET /status}, {@code GET /metrics} (Prometheus), {@code GET
 * /health/live}, {@code GET /health/ready}, {@code POST /stop}, {@code POST /drain/{node}}. Its
 * address is in the run folder's {@code api.json} while it serves. Thread-safe.
 */
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final Duration BIND_LIMIT = Duration.ofSeconds(20);
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

  private final ActorSystem<?> system;
  private final ServerBinding binding;
  private final URI url;
  private final Path runFolder;

  private ApiServer(ActorSystem<?> system, ServerBinding binding, URI url, Path runFolder) {
    this.system = system;
    this.binding = binding;
    this.url = url;
    this.runFolder = runFolder;
  }

  /**
   * Binds the address and serves.
   *
   * @param system whose threads serve; its end ends the server, too
   * @param access where to listen and who may call
   * @param status tells the run's status, from any thread, without blocking
   * @param control does what callers order
   * @param runFolder the run's folder, for {@code api.json}
   * @throws TroupeException of category resource where the address is not free or the file cannot
   *     be written
   */
  public static ApiServer start(
      ActorSystem<?> system,
      ApiAccess access,
      Supplier<RunStatus> status,
      RunControl control,
      Path runFolder) {
    ApiRoutes routes = new ApiRoutes(access, status, control);
    ServerBinding binding = await(system, access, bind(system, access, routes));
    ApiServer server = new ApiServer(system, binding, url(binding.localAddress()), runFolder);
    try {
      new ApiFile(server.url.toString(), ProcessHandle.current().pid(), LocalHost.name())
          .write(runFolder);
    } catch (TroupeException e) {
      server.close();
      throw e;
    }
    LOG.info("the API answers at {}", server.url);
    return server;
  }

  /** Where another process coordinates by now, the file is that one's. */
  private void removeFile() throws IOException {
    boolean ours =
        ApiFile.read(runFolder).filter(there -> there.url().equals(url.toString())).isPresent();
    if (ours) {
      Files.deleteIfExists(ApiFile.in(runFolder));
    }
  }

  private static CompletionStage<ServerBinding> bind(
      ActorSystem<?> system, ApiAccess access, ApiRoutes routes) {
    try {
      return Http.get(system)
          .newServerAt(access.address().getHostAddress(), access.port())
          .withSettings(settings(system))
          .bind(routes.on(system));
    } catch (IllegalStateException e) { // a system that is ending makes no actors any more
      throw new TroupeException(
          Category.RESOURCE, "the API cannot begin: its actors are ending: " + e.getMessage(), e);
    }
  }

  private static ServerSettings settings(ActorSystem<?> system) {
    return ServerSettings.create(
        ConfigFactory.parseResources(ApiServer.class, "api-server.conf")
            .withFallback(system.settings().config()));
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
      throw new TroupeException(
          Category.RESOURCE,
          "cannot listen on %s port %d (api.host, api.port): %s; choose another api.port, or 0 for any free one"
              .formatted(access.address().getHostAddress(), access.port(), why.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  /** An address that a caller on this host can use. */
  private static URI url(InetSocketAddress bound) {
    InetAddress address = bound.getAddress();
    String host =
        address.isAnyLocalAddress()
            ? "127.0.0.1"
            : address instanceof Inet6Address
                ? "[" + address.getHostAddress() + "]"
                : address.getHostAddress();
    return URI.create("http://" + host + ":" + bound.getPort());
  }

  /** Base of the API's addresses, for callers on this host. */
  public URI url() {
    return url;
  }

  /** Removes {@code api.json}, gives answers under way a moment, and frees the address. */
  @Override
  public void close() {
    try {
      removeFile();
    } catch (IOException e) {
      LOG.warn("cannot remove {}: {}", ApiFile.in(runFolder), e.toString());
    }
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
