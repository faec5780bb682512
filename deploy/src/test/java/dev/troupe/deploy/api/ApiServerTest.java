package dev.troupe.deploy.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.troupe.coordinator.RunReady;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiServerTest {
  @TempDir Path folder;
  private final StatusBoard board = Boards.training();

  @SuppressWarnings("NullAway.Init")
  private Served served;

  @BeforeEach
  void serve() {
    served = new Served(board, folder, null);
  }

  @AfterEach
  void close() {
    served.close();
  }

  private static String error(HttpResponse<String> response, int code) {
    assertEquals(code, response.statusCode(), response::body);
    assertEquals("application/json", response.headers().firstValue("Content-Type").orElse(""));
    return JsonParser.parseString(response.body()).getAsJsonObject().get("error").getAsString();
  }

  @Test
  void theStatusIsTheBoards() {
    HttpResponse<String> response = served.get("/status");
    assertEquals(200, response.statusCode());
    assertEquals(board.get(), StatusJson.read(response.body()));
  }

  @Test
  void aStopIsOrderedOnceWithItsReason() {
    assertEquals(202, served.post("/stop?reason=maintenance%20%1b%5b2J").statusCode());
    assertEquals(202, served.post("/stop").statusCode());
    assertEquals(List.of("stop: maintenance ?[2J"), served.orders());
  }

  @Test
  void aReasonCanBeLeftOut() {
    assertEquals(202, served.post("/stop").statusCode());
    assertEquals(List.of("stop: asked over the API"), served.orders());
  }

  @Test
  void aNodeIsDrainedWhereThereIsOne() {
    assertEquals(202, served.post("/drain/node-1?reason=fan").statusCode());
    assertTrue(error(served.post("/drain/other"), 404).contains("no node other"));
    assertTrue(error(served.post("/drain/last"), 409).contains("cannot go on"));
    assertEquals("drain node-1: fan", served.orders().getFirst());
  }

  @Test
  void anotherNumberOfNodesIsOrderedWhereTheRunMayHaveIt() {
    assertEquals(202, served.post("/scale/3?reason=night").statusCode());
    assertEquals(List.of("scale 3: night"), served.orders());
    assertTrue(error(served.post("/scale/5"), 409).contains("elastic.max-nodes"));
    for (String number : List.of("0", "-1", "many", "99999999999")) {
      assertTrue(error(served.post("/scale/" + number), 400).contains("/scale/3"), number);
    }
    error(served.get("/scale/3"), 405);
    assertEquals(1, served.orders().size());
  }

  @Test
  void aDefectTellsCallersNothing() {
    String message = error(served.post("/drain/broken"), 500);
    assertFalse(message.contains("secret") || message.contains("Exception"), message);
  }

  @Test
  void readyFollowsTheState() {
    StatusBoard fresh = Boards.empty();
    try (Served starting = new Served(fresh, folder.resolve("."), null)) {
      assertEquals(200, starting.get("/health/live").statusCode());
      assertEquals(503, starting.get("/health/ready").statusCode());
      Boards.hear(fresh, Boards.header(1, 0));
      assertEquals("{\"state\":\"starting\"}", starting.get("/health/ready").body().strip());
      Boards.hear(fresh, new RunReady(1, List.of(1L), 0.1));
      assertEquals(200, starting.get("/health/ready").statusCode());
    }
  }

  @Test
  void whatIsNotThereIsToldInJson() {
    for (String path : List.of("/", "/nothing", "/drain", "/drain/", "/drain/a/b", "/health/x")) {
      error(served.post(path.equals("/health/x") ? "/nothing" : path), 404);
    }
    error(served.get("/health/x"), 404);
    error(served.get("/stop"), 405);
    error(served.post("/status"), 405);
    assertEquals("POST", served.get("/stop").headers().firstValue("Allow").orElse(""));
    assertTrue(served.orders().isEmpty());
  }

  @Test
  void aLargeRequestIsRefused() {
    error(served.call("POST", "/stop", "x".repeat(5_000)), 413);
    assertTrue(served.orders().isEmpty());
  }

  @Test
  void webPagesAreRefused() throws IOException {
    error(served.post("/stop", "Origin", "https://example.org"), 403);
    for (String host : List.of("example.org", "127.0.0.1.example.org", "192.0.2.1")) {
      assertTrue(rebound(host).startsWith("HTTP/1.1 403"), host);
    }
    assertTrue(rebound("localhost").startsWith("HTTP/1.1 200"));
    assertTrue(served.orders().isEmpty());
  }

  /** What a page would get whose name resolves to loopback. */
  private String rebound(String host) throws IOException {
    String request = "GET /status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket("127.0.0.1", served.server().url().getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aTokenGuardsAllButTheHealth() throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    try (Served guarded = new Served(board, folder, token)) {
      assertEquals(200, guarded.get("/health/ready").statusCode());
      for (String path : List.of("/status", "/metrics", "/nothing")) {
        error(guarded.get(path), 401);
        error(guarded.get(path, "Authorization", "Bearer s3cre"), 401);
        error(guarded.get(path, "Authorization", "Basic s3cret"), 401);
      }
      error(guarded.post("/stop"), 401);
      assertTrue(guarded.orders().isEmpty());
      assertEquals(200, guarded.get("/status", "Authorization", "Bearer s3cret").statusCode());
      assertFalse(Files.readString(ApiFile.in(folder)).contains("s3cret"));
    }
  }

  @Test
  void theFileIsItsOwnersAndGoesWithTheServer() throws IOException {
    Path file = ApiFile.in(folder);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    ApiFile read = ApiFile.read(folder).orElseThrow();
    assertEquals(served.url(), read.url());
    assertEquals(ProcessHandle.current().pid(), read.pid());
    assertTrue(read.mayLive());
    served.close();
    assertFalse(Files.exists(file));
  }

  @Test
  void aPortInUseIsAResourceThatIsMissing() {
    int port = served.server().url().getPort();
    TroupeException e =
        assertThrows(TroupeException.class, () -> served.start(port, board, folder, null));
    assertEquals(Category.RESOURCE, e.category());
    assertTrue(e.toString().contains("port " + port), e::toString);
    assertTrue(e.toString().contains("api.port"), e::toString);
  }
}
