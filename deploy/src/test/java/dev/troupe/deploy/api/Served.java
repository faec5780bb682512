package dev.troupe.deploy.api;

import com.typesafe.config.ConfigFactory;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ClusterSpec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** A served board, what was ordered, and a plain HTTP client. The last node cannot be drained. */
public final class Served implements AutoCloseable, RunControl {
  private final List<String> orders = new CopyOnWriteArrayList<>();
  private final ActorSystem<Void> system;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ApiServer server;

  public Served(StatusBoard board, Path runFolder, @Nullable Path tokenFile) {
    this.system =
        ActorSystem.create(
            Behaviors.empty(),
            "served",
            ConfigFactory.parseString("pekko.loglevel = WARNING, pekko.stdout-loglevel = OFF")
                .withFallback(ConfigFactory.defaultReference())
                .resolve());
    this.server = start(0, board, runFolder, tokenFile);
  }

  /** Another server of the same system. */
  ApiServer start(int port, StatusBoard board, Path runFolder, @Nullable Path tokenFile) {
    String token = tokenFile == null ? null : tokenFile.toString();
    return ApiServer.start(
        system,
        ApiAccess.of(new ClusterSpec.Api("127.0.0.1", port, token)),
        board,
        this,
        runFolder);
  }

  /** A run's folder as verbs find it. */
  public static Path runFolder(Path folder, String name) throws IOException {
    Path run = Files.createDirectories(folder.resolve(name));
    Files.writeString(run.resolve("job.conf"), "run.name = " + name);
    return run;
  }

  public List<String> orders() {
    return List.copyOf(orders);
  }

  ApiServer server() {
    return server;
  }

  public String url() {
    return server.url().toString();
  }

  @Override
  public void stop(String reason) {
    orders.add("stop: " + reason);
  }

  @Override
  public boolean drain(String node, String reason) {
    switch (node) {
      case "last" -> throw TroupeException.usage("the run cannot go on without last");
      case "broken" -> throw new IllegalStateException("a secret of the inside");
      default -> orders.add("drain " + node + ": " + reason);
    }
    return node.startsWith("node");
  }

  @Override
  public String scale(int nodes, String reason) {
    if (nodes > 4) {
      throw TroupeException.usage(nodes + " nodes are more than elastic.max-nodes = 4");
    }
    orders.add("scale " + nodes + ": " + reason);
    return nodes == 4 ? "3 of them train" : "";
  }

  HttpResponse<String> get(String path, String... headers) {
    return call("GET", path, "", headers);
  }

  HttpResponse<String> post(String path, String... headers) {
    return call("POST", path, "", headers);
  }

  HttpResponse<String> call(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.close();
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    http.shutdownNow();
  }
}
