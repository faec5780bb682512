package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Calls a server of completions. Thread-safe.
 *
 * @param url base of its addresses
 */
record CompletionClient(HttpClient http, URI url) implements AutoCloseable {
  private static final String PATH = "/v1/completions";

  CompletionClient(URI url) {
    this(HttpClient.newHttpClient(), url);
  }

  HttpResponse<String> get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  HttpResponse<String> send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return http.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A field of {@code GET /health}. */
  int health(String field) {
    return object(get("/health")).get(field).getAsInt();
  }

  /** Asks for completions, the most likely tokens unless the fields say otherwise. */
  HttpResponse<String> ask(String fields) {
    return send("POST", PATH, body(fields), "Content-Type", "application/json");
  }

  private static String body(String fields) {
    return fields.contains("temperature")
        ? "{" + fields + "}"
        : "{\"temperature\": 0, " + fields + "}";
  }

  /** As {@link #ask}, where all goes well. */
  JsonObject complete(String fields) {
    HttpResponse<String> response = ask(fields);
    assertEquals(200, response.statusCode(), response::body);
    return object(response);
  }

  /** The texts of an answer. */
  static List<String> texts(JsonObject answer) {
    return answer.getAsJsonArray("choices").asList().stream()
        .map(choice -> choice.getAsJsonObject().get("text").getAsString())
        .toList();
  }

  static JsonObject object(HttpResponse<String> response) {
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
    return JsonParser.parseString(response.body()).getAsJsonObject();
  }

  /** What the events of a stream say, the last of which is {@code [DONE]}. */
  static List<JsonObject> events(HttpResponse<String> response) {
    assertEquals(200, response.statusCode(), response::body);
    assertEquals("text/event-stream", response.headers().firstValue("Content-Type").orElse(""));
    List<String> events = List.of(response.body().split("\n\n", -1));
    assertEquals(List.of("data: [DONE]", ""), events.subList(events.size() - 2, events.size()));
    List<JsonObject> said = new ArrayList<>();
    for (String event : events.subList(0, events.size() - 2)) {
      said.add(JsonParser.parseString(event.replaceFirst("^data: ", "")).getAsJsonObject());
    }
    return said;
  }

  /** Asks and does not read the answer; who closes the socket leaves. */
  Socket begin(String fields, String... headers) throws IOException {
    byte[] body = body(fields).getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder("POST " + PATH + " HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    Socket socket = new Socket(url.getHost(), url.getPort());
    socket.getOutputStream().write(head.toString().getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(body);
    return socket;
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
