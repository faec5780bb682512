package dev.troupe.deploy.api;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Calls the API of a run. Thread-safe. */
public final class ApiClient implements AutoCloseable {
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(3);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final long LARGEST_ANSWER = 4 << 20;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build();
  private final String base;
  private final @Nullable String token;

  /**
   * A client.
   *
   * @param url the API's base, for example {@code http://127.0.0.1:8080}
   * @param token the bearer token; null: none
   * @throws TroupeException of category usage where {@code url} is none
   */
  public ApiClient(String url, @Nullable String token) {
    try {
      URI parsed = URI.create(url);
      if (parsed.getHost() == null || !String.valueOf(parsed.getScheme()).matches("https?")) {
        throw TroupeException.usage(
            "%s is no address of an API; give http://HOST:PORT".formatted(url));
      }
    } catch (IllegalArgumentException e) {
      throw new TroupeException(
          Category.USAGE, "%s is no address of an API; give http://HOST:PORT".formatted(url), e);
    }
    this.base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.token = token;
  }

  /** Nobody answers at the address. */
  public static final class NobodyAnswers extends Exception {
    private static final long serialVersionUID = 1L;

    NobodyAnswers(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * The run's status.
   *
   * @throws TroupeException of category usage where the token is refused, of category peer where
   *     the answer makes no sense
   */
  public RunStatus status() throws NobodyAnswers {
    return StatusJson.read(call("GET", "/status"));
  }

  /** Asks the run to finish its step, save and end. */
  public void stop(String reason) throws NobodyAnswers {
    var _ = call("POST", "/stop?reason=" + encoded(reason));
  }

  /**
   * Asks the run to go on without a node.
   *
   * @throws TroupeException of category usage where it has no such node, or cannot go on without it
   */
  public void drain(String node, String reason) throws NobodyAnswers {
    var _ = call("POST", "/drain/" + encoded(node) + "?reason=" + encoded(reason));
  }

  /**
   * Asks the run to train on another number of nodes.
   *
   * @return what there is to know of it, a sentence for people; may be empty
   * @throws TroupeException of category usage where it may not have so many
   */
  public String scale(int nodes, String reason) throws NobodyAnswers {
    String answer = call("POST", "/scale/" + nodes + "?reason=" + encoded(reason));
    try {
      return JsonParser.parseString(answer) instanceof JsonObject object && object.has("note")
          ? Printable.of(object.get("note").getAsString())
          : "";
    } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
      return ""; // it was done, whatever else was said
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private String call(String method, String path) throws NobodyAnswers {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(ANSWER_LIMIT)
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<String> response;
    try {
      response =
          http.send(
              request.build(),
              HttpResponse.BodyHandlers.limiting(
                  HttpResponse.BodyHandlers.ofString(), LARGEST_ANSWER));
    } catch (IOException e) {
      throw new NobodyAnswers("nobody answers at " + base, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
    return body(response);
  }

  private String body(HttpResponse<String> response) {
    int code = response.statusCode();
    if (code / 100 == 2) {
      return response.body();
    }
    String message = message(response.body());
    throw switch (code) {
      case 401 ->
          TroupeException.usage(
              "%s wants %s token; give --token-file with the file that api.token-file names"
                  .formatted(base, token == null ? "a" : "another"));
      case 400, 404, 409 -> TroupeException.usage(message);
      default -> TroupeException.peer("%s answers %d: %s".formatted(base, code, message));
    };
  }

  /** What the server says, or the beginning of what somebody else says. */
  private static String message(String body) {
    try {
      if (JsonParser.parseString(body) instanceof JsonObject object && object.has("error")) {
        return Printable.of(object.get("error").getAsString());
      }
    } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
      return Printable.of(body.substring(0, Math.min(200, body.length())));
    }
    return Printable.of(body.substring(0, Math.min(200, body.length())));
  }

  @Override
  public void close() {
    http.shutdownNow();
    http.close();
  }
}
