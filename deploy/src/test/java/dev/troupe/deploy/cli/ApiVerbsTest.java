package dev.troupe.deploy.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.RunResult;
import dev.troupe.deploy.api.Boards;
import dev.troupe.deploy.api.Served;
import dev.troupe.deploy.api.StatusBoard;
import dev.troupe.deploy.api.StatusJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiVerbsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final StatusBoard board = Boards.training();

  @TempDir Path folder;

  private int run(String... arguments) {
    return Cli.of(
            new StatusCommand(Duration.ofMillis(1)),
            new StopCommand(),
            new DrainCommand(),
            new ScaleCommand())
        .writingTo(new PrintWriter(out), new PrintWriter(err))
        .run(arguments);
  }

  @Test
  void statusIsAlignedWords() throws IOException {
    Path run = Served.runFolder(folder, "two-nodes");
    try (Served _ = new Served(board, run, null)) {
      assertEquals(0, run("status", run.toString()), err::toString);
    }
    String text = out.toString();
    assertTrue(text.startsWith("two-nodes: training\n"), text);
    for (String part :
        List.of(
            "  step         3 of 10 (30%), 14s to go\n",
            "  loss         2.5000, gradient norm 0.500, learning rate 1.00e-03\n",
            "  speed        500 tokens/s, 2.000 s a step (median 2.000 s)\n",
            "  mesh         tp 2 x dp 2 = 4 ranks, epoch 1\n",
            "  node         a: training, 2 devices, ranks 0-1\n",
            "  warning      1 checkpoints could not be written\n")) {
      assertTrue(text.contains(part), text);
    }
  }

  @Test
  void statusAsJsonIsExact() throws IOException {
    Path run = Served.runFolder(folder, "two-nodes");
    try (Served served = new Served(board, run, null)) {
      assertEquals(0, run("status", "--url", served.url() + "/", "--json"), err::toString);
    }
    assertEquals(board.get(), StatusJson.read(out.toString()));
  }

  @Test
  void watchEndsWithTheRun() throws IOException {
    Path run = Served.runFolder(folder, "two-nodes");
    try (Served _ = new Served(board, run, null)) {
      Thread later = Thread.ofVirtual().start(() -> run("status", run.toString(), "--watch"));
      while (out.toString().split("two-nodes: training", -1).length < 4) {
        assertTrue(later.isAlive(), err::toString);
        Thread.onSpinWait();
      }
      RunResult.completed(10).deliverTo(board);
      assertTrue(later.join(Duration.ofSeconds(20)));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertTrue(out.toString().contains("two-nodes: finished"), out::toString);
    assertTrue(out.toString().endsWith("  ended        completed\n"), out::toString);
  }

  @Test
  void stopAndDrainOrder() throws IOException {
    Path run = Served.runFolder(folder, "two-nodes");
    try (Served served = new Served(board, run, null)) {
      assertEquals(0, run("drain", "node-1", run.toString()), err::toString);
      assertEquals(0, run("stop", run.toString(), "--reason", "50% off & done"), err::toString);
      assertEquals(List.of("drain node-1: troupe drain", "stop: 50% off & done"), served.orders());
      assertEquals(2, run("drain", "a/b?c", run.toString()));
      assertTrue(err.toString().contains("no node a/b?c"), err::toString);
      assertEquals(2, run("drain", "last", run.toString()));
      assertTrue(err.toString().contains("cannot go on without last"), err::toString);
    }
  }

  @Test
  void scaleOrdersNodes() throws IOException {
    Path run = Served.runFolder(folder, "two-nodes");
    try (Served served = new Served(board, run, null)) {
      assertEquals(0, run("scale", run.toString(), "--nodes", "3"), err::toString);
      assertEquals(List.of("scale 3: troupe scale"), served.orders());
      assertEquals(0, run("scale", run.toString(), "--nodes", "4"), err::toString);
      assertEquals(2, run("scale", run.toString(), "--nodes", "5"));
      assertTrue(err.toString().contains("elastic.max-nodes = 4"), err::toString);
      assertEquals(2, run("scale", run.toString(), "--nodes", "0"));
      assertEquals(2, run("scale", run.toString()), "without a number");
    }
    assertEquals(
        "Run two-nodes goes to 3 nodes.\nRun two-nodes goes to 4 nodes.\n3 of them train\n",
        out.toString());
  }

  @Test
  void theTokenIsTheJobsOrTheOptions() throws IOException {
    Path run = Served.runFolder(folder, "two-nodes");
    Path token = Files.writeString(folder.resolve("token"), "s3cret");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    try (Served served = new Served(board, run, token)) {
      assertEquals(2, run("status", run.toString()));
      assertTrue(err.toString().contains("--token-file"), err::toString);
      assertEquals(0, run("status", "--url", served.url(), "--token-file", token.toString()));
      Files.writeString(run.resolve("job.conf"), "api.token-file = \"" + token + "\"");
      assertEquals(0, run("status", run.toString()), err::toString);
    }
  }

  @Test
  void aRunThatIsOverIsToldFromItsFiles() throws IOException {
    Path run = Served.runFolder(folder, "over");
    assertEquals(5, run("status", run.toString()));
    assertTrue(err.toString().contains("run over is not running"), err::toString);
    assertTrue(err.toString().contains("no steps yet"), err::toString);
    Files.writeString(
        run.resolve("metrics.jsonl"),
        "{\"step\":7,\"loss\":2.5}\n{\"step\":8,\"loss\":null}\n{\"st");
    assertEquals(5, run("stop", run.toString()));
    assertTrue(err.toString().contains("step 8, "), err::toString);
  }

  @Test
  void aRunThatWasKilledIsToldSo() throws IOException, InterruptedException {
    Path run = Served.runFolder(folder, "killed");
    try (Served _ = new Served(board, run, null)) {
      Process gone = new ProcessBuilder("true").start();
      gone.waitFor();
      String file = Files.readString(run.resolve("api.json"));
      long own = ProcessHandle.current().pid();
      Files.writeString(
          folder.resolve("api.json"), file.replace("\"pid\":" + own, "\"pid\":" + gone.pid()));
    }
    Files.copy(folder.resolve("api.json"), run.resolve("api.json"));
    assertEquals(5, run("status", run.toString()));
    assertTrue(err.toString().contains("ended without a word"), err::toString);
    assertFalse(err.toString().contains("\tat "), err::toString);
  }

  @Test
  void nobodyAtAnAddressIsExitCode5AndNoAddressIs2() throws IOException {
    Path run = Served.runFolder(folder, "gone");
    String url;
    try (Served served = new Served(board, run, null)) {
      url = served.url();
    }
    assertEquals(5, run("status", "--url", url));
    assertTrue(err.toString().contains("nobody answers at " + url), err::toString);
    for (String wrong : List.of("nonsense", "ftp://x", "http://", "http://a b")) {
      assertEquals(2, run("status", "--url", wrong), wrong);
    }
    assertEquals(2, run("status", folder.resolve("none").toString()));
    assertEquals(2, run("drain"));
  }
}
