package dev.troupe.deploy.serve;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.troupe.deploy.api.ApiAccess;
import dev.troupe.deploy.api.BrowserGuard;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the server answers to which request. Thread-safe. */
final class CompletionRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(CompletionRoutes.class);
  private static final int BODY_LIMIT = 4 << 20;
  private static final long BODY_MILLIS = 30_000;

  private final ActorSystem<?> system;
  private final ApiAccess access;
  private final BrowserGuard browsers;
  private final ServedModel model;
  private final TextEngine engine;
  private final Completions completions;

  CompletionRoutes(ActorSystem<?> system, ApiAccess access, ServedModel model, TextEngine engine) {
    this.system = system;
    this.access = access;
    this.browsers = new BrowserGuard(access.loopback());
    this.model = model;
    this.engine = engine;
    this.completions = new Completions(system, model, engine);
  }

  /** Reads a request to its end and answers it. */
  CompletionStage<HttpResponse> answer(HttpRequest request, Connection connection) {
    return request
        .entity()
        .toStrict(BODY_MILLIS, BODY_LIMIT, system)
        .handle(
            (body, failure) ->
                failure == null
                    ? guarded(request, body.getData().toArray(), connection)
                    : done(
                        Replies.refused(
                            Refusal.request(
                                413, "the request is larger than 4 MiB, or came too slowly"))))
        .thenCompose(Function.identity());
  }

  private CompletionStage<HttpResponse> guarded(
      HttpRequest request, byte[] body, Connection connection) {
    try {
      return route(request, body, connection);
    } catch (RefusedException e) {
      return done(Replies.refused(e.refusal()));
    } catch (IllegalUriException e) {
      return done(Replies.refused(Refusal.request(400, "the address is malformed")));
    } catch (RuntimeException e) {
      LOG.warn("a request failed", e);
      return done(Replies.refused(Refusal.defect()));
    }
  }

  private CompletionStage<HttpResponse> route(
      HttpRequest request, byte[] body, Connection connection) {
    String path = "/" + String.join("/", segments(request));
    if (path.equals("/health")) {
      return only("GET", request, () -> done(Replies.json(200, health())));
    }
    if (browsers.refuses(request)) {
      throw new RefusedException(Refusal.request(403, "web pages may not call this server"));
    }
    if (!access.allows(authorization(request))) {
      throw new RefusedException(Refusal.unauthorized());
    }
    return switch (path) {
      case "/v1/completions" ->
          only("POST", request, () -> completions.begin(RequestReader.read(body), connection));
      case "/v1/models" -> only("GET", request, () -> done(Replies.json(200, models())));
      case "/v1/chat/completions" ->
          throw new RefusedException(
              Refusal.request(
                  404,
                  "chat is not served: a model that was only pre-trained knows no roles;"
                      + " use POST /v1/completions"));
      default ->
          throw new RefusedException(
              Refusal.request(
                  404,
                  "no such address; there are POST /v1/completions, GET /v1/models and GET"
                      + " /health"));
    };
  }

  private static List<String> segments(HttpRequest request) {
    return StreamSupport.stream(request.getUri().pathSegments().spliterator(), false).toList();
  }

  /** Answers with a certain method only. */
  private static CompletionStage<HttpResponse> only(
      String method, HttpRequest request, Supplier<CompletionStage<HttpResponse>> answer) {
    return request.method().name().equals(method)
        ? answer.get()
        : done(Replies.wrongMethod(method));
  }

  private static CompletionStage<HttpResponse> done(HttpResponse response) {
    return CompletableFuture.completedFuture(response);
  }

  private JsonObject health() {
    TextEngine.Load load = engine.load();
    JsonObject tree = new JsonObject();
    tree.addProperty("status", "ok");
    tree.addProperty("model", model.name());
    tree.addProperty("running", load.running());
    tree.addProperty("waiting", load.waiting());
    return tree;
  }

  private JsonObject models() {
    JsonObject entry = new JsonObject();
    entry.addProperty("id", model.name());
    entry.addProperty("object", "model");
    entry.addProperty("created", model.created().getEpochSecond());
    entry.addProperty("owned_by", "troupe");
    entry.addProperty("max_model_len", model.weights().maxPositions());
    JsonArray data = new JsonArray();
    data.add(entry);
    JsonObject list = new JsonObject();
    list.addProperty("object", "list");
    list.add("data", data);
    return list;
  }

  private static @Nullable String authorization(HttpRequest request) {
    return request.getHeader("Authorization").map(found -> found.value()).orElse(null);
  }
}
