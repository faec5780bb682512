package dev.troupe.deploy.api;

import com.typesafe.config.ConfigFactory;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP API of a run: {@code GET /status}, {@code GET /metrics} (Prometheus), {@code GET
 * /health/live}, {@code GET /health/ready}, {@code POST /stop}, {@code POST /drain/{node}}. Its
 * address is in the run folder's {@code api.json} while it serves. Thread-safe.
 */
public final class ApiServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

  private final HttpListener listener;
  private final Path runFolder;

  private ApiServer(HttpListener listener, Path runFolder) {
    this.listener = listener;
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
    HttpListener listener =
        HttpListener.open(
            system,
            access,
            ConfigFactory.parseResources(ApiServer.class, "api-server.conf"),
            server -> server.bind(routes.on(system)));
    ApiServer server = new ApiServer(listener, runFolder);
    try {
      new ApiFile(server.url().toString(), ProcessHandle.current().pid(), LocalHost.name())
          .write(runFolder);
    } catch (TroupeException e) {
      server.close();
      throw e;
    }
    LOG.info("the API answers at {}", server.url());
    return server;
  }

  /** Where another process coordinates by now, the file is that one's. */
  private void removeFile() throws IOException {
    boolean ours =
        ApiFile.read(runFolder).filter(there -> there.url().equals(url().toString())).isPresent();
    if (ours) {
      Files.deleteIfExists(ApiFile.in(runFolder));
    }
  }

  /** Base of the API's addresses, for callers on this host. */
  public URI url() {
    return listener.url();
  }

  /** Removes {@code api.json}, gives answers under way a moment, and frees the address. */
  @Override
  public void close() {
    try {
      removeFile();
    } catch (IOException e) {
      LOG.warn("cannot remove {}: {}", ApiFile.in(runFolder), e.toString());
    }
    listener.close();
  }
}
