package dev.troupe.deploy.serve;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.troupe.deploy.api.ApiAccess;
import dev.troupe.deploy.api.HttpListener;
import java.net.URI;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.javadsl.Flow;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests for completions in the form of OpenAI's API: {@code POST /v1/completions},
 * {@code GET /v1/models}, {@code GET /health}. What different callers ask for is generated
 * together; the texts of a caller that leaves end. Thread-safe.
 */
public final class CompletionServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CompletionServer.class);

  /** A request under way, and a place to see that its caller has left. */
  private static final int PIPELINE = 2;

  private static final long LAST_WORDS_SECONDS = 10;

  private final ActorSystem<Void> system;
  private final TextEngine engine;
  private final HttpListener listener;

  private CompletionServer(ActorSystem<Void> system, TextEngine engine, HttpListener listener) {
    this.system = system;
    this.engine = engine;
    this.listener = listener;
  }

  /**
   * Binds the address and serves.
   *
   * @param access where to listen and who may call
   * @param waiting most texts that wait for their turn
   * @throws dev.troupe.proto.error.TroupeException of category resource where the address is not
   *     free
   */
  public static CompletionServer start(ServedModel model, ApiAccess access, int waiting) {
    Config settings =
        ConfigFactory.parseResources(CompletionServer.class, "serve.conf")
            .withFallback(ConfigFactory.defaultReference())
            .resolve();
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "serve", settings);
    TextEngine engine = new TextEngine(model, waiting);
    try {
      CompletionRoutes routes = new CompletionRoutes(system, access, model, engine);
      HttpListener listener =
          HttpListener.open(
              system, access, settings, server -> server.bindFlow(eachConnection(routes)));
      return new CompletionServer(system, engine, listener);
    } catch (RuntimeException | Error e) {
      engine.close();
      end(system);
      throw e;
    }
  }

  /** Made anew for each connection, whose requests it answers one after another. */
  private static Flow<HttpRequest, HttpResponse, ?> eachConnection(CompletionRoutes routes) {
    return Flow.fromMaterializer(
        (materializer, attributes) -> {
          Connection connection = new Connection();
          return Flow.<HttpRequest>create()
              .watchTermination(
                  (unused, end) -> end.whenComplete((done, failure) -> connection.left()))
              .mapAsync(PIPELINE, request -> routes.answer(request, connection));
        });
  }

  /** Base of the addresses, for callers on this host. */
  public URI url() {
    return listener.url();
  }

  /** Completes when no more texts can be generated: exceptionally where that is a failure. */
  public CompletionStage<Boolean> ended() {
    return engine.ended();
  }

  /** Refuses texts that are not complete, gives answers a moment, and frees the address. */
  @Override
  public void close() {
    engine.close();
    listener.close();
    end(system);
  }

  private static void end(ActorSystem<Void> system) {
    system.terminate();
    try {
      system
          .getWhenTerminated()
          .toCompletableFuture()
          .orTimeout(LAST_WORDS_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      LOG.info("the server's actors did not end in time: {}", e.toString());
    }
  }
}
