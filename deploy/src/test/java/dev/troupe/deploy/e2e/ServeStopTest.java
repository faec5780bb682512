package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that needs a token, cut over two ranks, and its end. */
class ServeStopTest {
  private static final String[] TOKEN = {"Authorization", "Bearer s3cret"};
  private static final String BODY =
      "{\"prompt\": \"日\", \"n\": 4, \"max_tokens\": 16000, \"stream\": %s}";

  @TempDir Path folder;

  @Test
  void ctrlCEndsTextsUnderWayAndTheServer()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    Verse verse = Verse.learn(folder);
    try (Child server = verse.start("serve", "--port=0", "--tp=2", "--token-file=" + token);
        CompletionClient client =
            new CompletionClient(
                URI.create(server.awaitLine("serving ").replaceFirst(".* at (\\S+),.*", "$1")))) {
      server.awaitLine("$(cat '" + token + "')");
      assertEquals(401, client.get("/v1/models").statusCode());
      assertEquals(200, client.get("/v1/models", TOKEN).statusCode());
      CompletableFuture<HttpResponse<String>> whole = ask(client, false);
      CompletableFuture<HttpResponse<String>> streamed = ask(client, true);
      awaitRunning(client, 8);
      server.signal("INT");
      Outcome outcome = server.end();
      assertEquals(0, outcome.exitCode(), outcome::toString);
      assertEquals("", outcome.err());
      HttpResponse<String> refused = whole.get(10, TimeUnit.SECONDS);
      assertEquals(503, refused.statusCode(), refused::body);
      assertTrue(refused.body().contains("is ending"), refused::body);
      String events = "\n\n" + streamed.get(10, TimeUnit.SECONDS).body().strip();
      String last = events.substring(events.lastIndexOf("\n\n")).strip();
      assertTrue(last.startsWith("data: {\"error\"") && last.contains("is ending"), last);
    }
  }

  private static CompletableFuture<HttpResponse<String>> ask(
      CompletionClient client, boolean stream) {
    return CompletableFuture.supplyAsync(
        () -> client.send("POST", "/v1/completions", BODY.formatted(stream), TOKEN));
  }

  private static void awaitRunning(CompletionClient client, int texts) {
    long deadline = System.nanoTime() + 15_000_000_000L;
    while (client.health("running") != texts) {
      assertTrue(System.nanoTime() < deadline, () -> "not running: " + texts);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
  }
}
