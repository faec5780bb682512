package dev.troupe.deploy.e2e;

import static dev.troupe.deploy.e2e.CompletionClient.events;
import static dev.troupe.deploy.e2e.CompletionClient.object;
import static dev.troupe.deploy.e2e.CompletionClient.texts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A served model, over HTTP. Four texts go on together and eight may wait. */
class ServeTest {
  /** More than a minute's work, all of which may wait. */
  private static final String LONG = "\"prompt\": \"日\", \"n\": 8, \"max_tokens\": 16000";

  @TempDir private static Path folder = Path.of("");
  private static Verse verse = new Verse(new Program(folder));

  @SuppressWarnings("NullAway.Init")
  private static Child server;

  @SuppressWarnings("NullAway.Init")
  private static CompletionClient client;

  @BeforeAll
  static void serve() throws IOException {
    verse = Verse.learn(folder);
    server = verse.start("serve", "--port=0", "--batch=4", "--queue=8");
    client = new CompletionClient(url(server));
  }

  private static URI url(Child server) throws IOException {
    return URI.create(server.awaitLine("serving tiny at ").replaceFirst(".* at (\\S+),.*", "$1"));
  }

  @AfterAll
  static void end() {
    client.close();
    server.close();
  }

  /** What one test has asked for is no other's. */
  @AfterEach
  void nothingIsLeft() {
    await("running", 0);
    await("waiting", 0);
  }

  private static void await(String field, int expected) {
    long deadline = System.nanoTime() + 15_000_000_000L;
    while (client.health(field) != expected) {
      assertTrue(System.nanoTime() < deadline, () -> field + " is not " + expected);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }

  @Test
  void anAnswerHasOpenAisForm() {
    JsonObject answer = client.complete("\"model\": \"tiny\", \"prompt\": \"日\"");
    assertTrue(answer.get("id").getAsString().startsWith("cmpl-"), answer::toString);
    assertEquals("text_completion", answer.get("object").getAsString());
    assertEquals("tiny", answer.get("model").getAsString());
    long age = System.currentTimeMillis() / 1000 - answer.get("created").getAsLong();
    assertTrue(age >= 0 && age < 60, answer::toString);
    JsonObject choice = answer.getAsJsonArray("choices").get(0).getAsJsonObject();
    assertEquals(0, choice.get("index").getAsInt());
    assertEquals("length", choice.get("finish_reason").getAsString());
    assertTrue(choice.get("logprobs").isJsonNull(), answer::toString);
    assertEquals(
        "{\"prompt_tokens\":3,\"completion_tokens\":16,\"total_tokens\":19}",
        answer.get("usage").toString());
    assertEquals(verse.after("日", 16), choice.get("text").getAsString().stripTrailing());
  }

  @Test
  void aStreamGivesTheSameTextInWholeCharacters() {
    String fields = "\"prompt\": \"日\", \"max_tokens\": 30";
    String whole = texts(client.complete(fields)).getFirst();
    List<JsonObject> events =
        events(
            client.ask(
                fields + ", \"stream\": true, \"stream_options\": {\"include_usage\": true}"));
    JsonObject usage = events.removeLast();
    assertEquals(30, usage.getAsJsonObject("usage").get("completion_tokens").getAsInt());
    assertTrue(usage.getAsJsonArray("choices").isEmpty());
    List<String> pieces = new ArrayList<>();
    events.forEach(event -> pieces.addAll(texts(event)));
    assertEquals(whole, String.join("", pieces));
    assertTrue(
        pieces.size() > 10 && pieces.contains("本") && pieces.contains("🙂"), pieces::toString);
    for (JsonObject event : events) {
      JsonObject choice = event.getAsJsonArray("choices").get(0).getAsJsonObject();
      boolean last = event.equals(events.getLast());
      assertEquals(last ? "\"length\"" : "null", choice.get("finish_reason").toString());
      assertEquals(events.getFirst().get("id"), event.get("id"));
      assertFalse(event.has("usage"));
    }
  }

  @Test
  void aStopTextEndsATextAndIsNoPartOfIt() {
    String fields = "\"prompt\": \"日\", \"max_tokens\": 50, \"stop\": [\"é\", \"語 \"]";
    JsonObject answer = client.complete(fields);
    assertEquals(List.of("本"), texts(answer));
    assertTrue(answer.toString().contains("\"finish_reason\":\"stop\""), answer::toString);
    List<JsonObject> events = events(client.ask(fields + ", \"stream\": true"));
    assertEquals(
        "本", events.stream().flatMap(e -> texts(e).stream()).collect(Collectors.joining()));
    assertEquals("本", texts(client.complete("\"prompt\": \"日\", \"stop\": \"語\"")).getFirst());
  }

  @Test
  void severalPromptsAndSamplesComeInOrder() {
    String rest = ", \"n\": 2, \"echo\": true, \"max_tokens\": 4";
    JsonObject answer = client.complete("\"prompt\": [\"日\", \"é\"]" + rest);
    List<String> texts = texts(answer);
    assertEquals(4, texts.size());
    assertTrue(texts.getFirst().startsWith("日本"), texts::toString);
    assertEquals(texts.getFirst(), texts.get(1));
    assertEquals(List.of("é🙂", "é🙂"), texts.subList(2, 4));
    assertEquals(
        "{\"prompt_tokens\":5,\"completion_tokens\":16,\"total_tokens\":21}",
        answer.get("usage").toString());
    // The bytes of 日 and é are their tokens.
    assertEquals(texts, texts(client.complete("\"prompt\": [[230, 151, 165], [195, 169]]" + rest)));
    List<JsonObject> events =
        events(client.ask("\"prompt\": [\"日\", \"é\"], \"stream\": true" + rest));
    for (int index = 0; index < 4; index++) {
      assertEquals(texts.get(index), text(events, index));
    }
  }

  /** One of a stream's texts. */
  private static String text(List<JsonObject> events, int index) {
    return events.stream()
        .map(event -> event.getAsJsonArray("choices").get(0).getAsJsonObject())
        .filter(choice -> choice.get("index").getAsInt() == index)
        .map(choice -> choice.get("text").getAsString())
        .collect(Collectors.joining());
  }

  @Test
  void theSeedDecides() {
    String fields = "\"prompt\": \"日\", \"n\": 3, \"temperature\": 3, \"max_tokens\": 20";
    List<String> first = texts(client.complete(fields + ", \"seed\": 5"));
    assertEquals(3, Set.copyOf(first).size(), first::toString);
    assertEquals(first, texts(client.complete(fields + ", \"seed\": 5")));
    assertNotEquals(first, texts(client.complete(fields + ", \"seed\": 6")));
    assertNotEquals(texts(client.complete(fields)), texts(client.complete(fields)));
  }

  @Test
  void whatManyCallersGetTogetherIsWhatEachGetsAlone() {
    List<String> prompts = List.of("日", "é", "🙂. 日", "本語", "語 é🙂", Verse.TEXT, ".", " é");
    List<String> alone = prompts.stream().map(ServeTest::hundred).toList();
    try (ExecutorService callers = Executors.newFixedThreadPool(prompts.size())) {
      List<CompletableFuture<String>> together =
          prompts.stream()
              .map(prompt -> CompletableFuture.supplyAsync(() -> hundred(prompt), callers))
              .toList();
      assertEquals(alone, together.stream().map(CompletableFuture::join).toList());
    }
  }

  private static String hundred(String prompt) {
    return texts(client.complete("\"prompt\": \"%s\", \"max_tokens\": 100".formatted(prompt)))
        .getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"stream\": false", "\"stream\": true"})
  void aCallerThatLeavesFreesItsPlace(String how) throws IOException {
    try (Socket leaving = client.begin(LONG + ", " + how)) {
      await("running", 4);
      await("waiting", 4);
      HttpResponse<String> refused = client.ask("\"prompt\": \"日\", \"n\": 5");
      assertEquals(429, refused.statusCode(), refused::body);
      assertEquals("1", refused.headers().firstValue("Retry-After").orElse(""));
      assertEquals("rate_limit_exceeded", error(refused).get("code").getAsString());
    }
    await("running", 0);
    assertEquals(5, texts(client.complete("\"prompt\": \"日\", \"n\": 5")).size());
  }

  @Test
  void aCallerWhoKeepsNoConnectionIsWaitedFor() throws IOException {
    try (Socket socket = client.begin("\"prompt\": \"日\"", "Connection: close")) {
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 200") && answer.contains("completion_tokens"), answer);
    }
  }

  private static JsonObject error(HttpResponse<String> response) {
    return object(response).getAsJsonObject("error");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          "prompt": "p", "max_token": 5 | 400 | max_token | did you mean max_tokens?
          "prompt": ""                  | 400 | prompt    | 0 tokens
          "prompt": [257]               | 400 | prompt    | token 257
          "prompt": "p", "n": 9         | 400 | null      | at most 8
          "prompt": "p", "model": "x"   | 404 | model     | there is tiny
          "prompt": "p" "n": 9          | 400 | null      | is not JSON
          """)
  void whatIsNotInOrderIsNamed(String fields, int status, String param, String part) {
    HttpResponse<String> response = client.ask(fields);
    assertEquals(status, response.statusCode(), response::body);
    JsonObject error = error(response);
    assertEquals("invalid_request_error", error.get("type").getAsString());
    assertEquals(param, error.get("param").toString().replace("\"", ""));
    assertTrue(error.get("message").getAsString().contains(part), error::toString);
  }

  @Test
  void aPromptThatIsTooLongIsRefused() {
    HttpResponse<String> response =
        client.ask("\"prompt\": \"%s\"".formatted("a".repeat(Verse.POSITIONS)));
    assertEquals(400, response.statusCode());
    assertTrue(error(response).get("message").getAsString().contains("1 to 16383"));
    response = client.ask("\"prompt\": \"%s\"".formatted("a".repeat(5 << 20)));
    assertEquals(413, response.statusCode());
    assertTrue(error(response).get("message").getAsString().contains("4 MiB"));
  }

  @Test
  void theModelIsListed() {
    JsonObject list = object(client.get("/v1/models"));
    assertEquals("list", list.get("object").getAsString());
    JsonObject model = list.getAsJsonArray("data").get(0).getAsJsonObject();
    assertEquals("tiny", model.get("id").getAsString());
    assertEquals("model", model.get("object").getAsString());
    assertEquals(Verse.POSITIONS, model.get("max_model_len").getAsInt());
  }

  @Test
  void addressesThatAreNotServedAreToldInJson() {
    HttpResponse<String> chat = client.send("POST", "/v1/chat/completions", "{}");
    assertEquals(404, chat.statusCode());
    assertTrue(error(chat).get("message").getAsString().contains("/v1/completions"));
    for (String path : List.of("/", "/v1", "/v1/models/tiny/x")) {
      HttpResponse<String> response = client.get(path);
      assertEquals(404, response.statusCode(), path);
      assertTrue(error(response).get("message").getAsString().contains("/v1/models"), path);
    }
    HttpResponse<String> wrong = client.get("/v1/completions");
    assertEquals(405, wrong.statusCode());
    assertEquals("POST", wrong.headers().firstValue("Allow").orElse(""));
    assertEquals(405, client.send("POST", "/health", "").statusCode());
  }

  @Test
  void webPagesAreRefused() throws IOException {
    HttpResponse<String> response = client.get("/v1/models", "Origin", "https://example.org");
    assertEquals(403, response.statusCode());
    assertTrue(error(response).get("message").getAsString().contains("web pages"));
    String rebound = "GET /v1/models HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket(client.url().getHost(), client.url().getPort())) {
      socket.getOutputStream().write(rebound.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 403"), answer);
    }
  }

  @Test
  void whereItCannotServeItSaysWhy() {
    String checkpoints = "--checkpoint=" + verse.program().files().checkpoints();
    int port = client.url().getPort();
    Program.call("serve", checkpoints, "--port=" + port)
        .refused(Outcome.RESOURCE, "port " + port, "--port");
    Program.call("serve", checkpoints, "--host=0.0.0.0")
        .refused(Outcome.USAGE, "--host 0.0.0.0", "--token-file");
    Program.call("serve", checkpoints, "--tp=3").refused(Outcome.USAGE, "tp = 3");
  }
}
