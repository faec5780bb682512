package dev.troupe.deploy.api;

import com.google.gson.JsonObject;
import dev.troupe.deploy.api.RunStatus.State;
import dev.troupe.proto.error.TroupeException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.model.HttpRequest;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.scaladsl.model.IllegalUriException;
import org.apache.pekko.japi.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the API answers to which request. Thread-safe. */
final class ApiRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(ApiRoutes.class);
  private static final int LONGEST_REASON = 200;
  private static final int BODY_LIMIT = 4_096;
  private static final long BODY_MILLIS = 5_000;

  private final ApiAccess access;
  private final BrowserGuard browsers;
  private final Supplier<RunStatus> status;
  private final RunControl control;
  private final AtomicBoolean stopAsked = new AtomicBoolean();

  ApiRoutes(ApiAccess access, Supplier<RunStatus> status, RunControl control) {
    this.access = access;
    this.browsers = new BrowserGuard(access.loopback());
    this.status = status;
    this.control = control;
  }

  /** Reads a request to its end, which must be near, and answers it, on the system's threads. */
  Function<HttpRequest, CompletionStage<HttpResponse>> on(ActorSystem<?> system) {
    return request -> read(request, system);
  }

  private CompletionStage<HttpResponse> read(HttpRequest request, ActorSystem<?> system) {
    return request
        .entity()
        .toStrict(BODY_MILLIS, BODY_LIMIT, system)
        .handle(
            (body, failure) ->
                failure == null
                    ? answer(request)
                    : Answers.error(413, "the request is larger than 4 KiB, or came too slowly"));
  }

  private HttpResponse answer(HttpRequest request) {
    try {
      return route(request);
    } catch (IllegalUriException e) {
      return Answers.error(400, "the address is malformed");
    } catch (RuntimeException e) {
      LOG.warn("a request to the API failed", e);
      return Answers.error(500, "a defect of Troupe; the details are in the run's troupe.log");
    }
  }

  private HttpResponse route(HttpRequest request) {
    List<String> path =
        StreamSupport.stream(request.getUri().pathSegments().spliterator(), false).toList();
    if (path.size() == 2 && path.getFirst().equals("health")) {
      return only("GET", request, () -> health(path.getLast()));
    }
    if (browsers.refuses(request)) {
      return Answers.error(403, "web pages may not call this API");
    }
    if (!access.allows(header(request, "Authorization"))) {
      return Answers.unauthorized();
    }
    if (path.equals(List.of("status"))) {
      return only("GET", request, () -> Answers.json(200, StatusJson.write(status.get()) + "\n"));
    }
    if (path.equals(List.of("metrics"))) {
      return only("GET", request, () -> Answers.metrics(RunMetrics.text(status.get())));
    }
    if (path.equals(List.of("stop"))) {
      return only("POST", request, () -> stop(reason(request)));
    }
    if (path.size() == 2 && path.getFirst().equals("drain") && !path.getLast().isEmpty()) {
      return only("POST", request, () -> drain(path.getLast(), reason(request)));
    }
    if (path.size() == 2 && path.getFirst().equals("scale")) {
      return only("POST", request, () -> scale(path.getLast(), reason(request)));
    }
    return Answers.error(
        404,
        "no such address; there are /status, /metrics, /stop, /drain/NODE, /scale/NODES,"
            + " /health/live and /health/ready");
  }

  private static HttpResponse only(
      String method, HttpRequest request, Supplier<HttpResponse> answer) {
    return request.method().name().equals(method) ? answer.get() : Answers.wrongMethod(method);
  }

  private HttpResponse health(String what) {
    return switch (what) {
      case "live" -> state(200);
      case "ready" -> {
        State now = status.get().state();
        yield state(now == State.TRAINING || now == State.SAVING ? 200 : 503);
      }
      default -> Answers.error(404, "there are /health/live and /health/ready");
    };
  }

  /** Asked twice means the same as asked once: a caller that tries again must not cost the save. */
  private HttpResponse stop(String reason) {
    if (stopAsked.compareAndSet(false, true)) {
      LOG.info("stop was asked for: {}", reason);
      control.stop(reason);
    }
    return Answers.json(202, "{\"state\":\"stopping\"}\n");
  }

  private HttpResponse drain(String node, String reason) {
    try {
      if (!control.drain(node, reason)) {
        return Answers.error(404, "the run has no node " + Printable.of(node));
      }
    } catch (TroupeException e) {
      return Answers.error(409, String.valueOf(e.getMessage()));
    }
    JsonObject accepted = new JsonObject();
    accepted.addProperty("draining", node);
    return Answers.json(202, accepted + "\n");
  }

  private HttpResponse scale(String text, String reason) {
    int nodes;
    try {
      nodes = Integer.parseInt(text);
    } catch (NumberFormatException e) {
      nodes = 0;
    }
    if (nodes < 1) {
      return Answers.error(400, "give a number of nodes: /scale/3");
    }
    String note;
    try {
      note = control.scale(nodes, reason);
    } catch (TroupeException e) {
      return Answers.error(409, String.valueOf(e.getMessage()));
    }
    LOG.info("{} nodes were asked for: {}", nodes, reason);
    JsonObject accepted = new JsonObject();
    accepted.addProperty("nodes", nodes);
    accepted.addProperty("note", note);
    return Answers.json(202, accepted + "\n");
  }

  private HttpResponse state(int code) {
    String name = status.get().state().name().toLowerCase(Locale.ROOT);
    return Answers.json(code, "{\"state\":\"" + name + "\"}\n");
  }

  /** Goes into logs and onto terminals. */
  private static String reason(HttpRequest request) {
    String text = Printable.of(request.getUri().query().get("reason").orElse("")).strip();
    return text.isEmpty()
        ? "asked over the API"
        : text.substring(0, Math.min(text.length(), LONGEST_REASON));
  }

  private static @Nullable String header(HttpRequest request, String name) {
    return request.getHeader(name).map(found -> found.value()).orElse(null);
  }
}
