package dev.troupe.deploy.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.proto.log.LogFields;
import dev.troupe.proto.spec.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class RunLoggingTest {
  private static final Logger LOG = LoggerFactory.getLogger("dev.troupe.some.Thing");

  @TempDir Path folder;

  private List<String> lines(LogFormat format, @Nullable String node, Runnable logging)
      throws IOException {
    Path file = folder.resolve("troupe.log");
    try (RunLogging _ = RunLogging.to(file, format, node)) {
      logging.run();
    }
    return Files.readAllLines(file);
  }

  private static void inRank(Runnable logging) {
    MDC.put(LogFields.RANK, "3");
    MDC.put(LogFields.EPOCH, "7");
    try {
      logging.run();
    } finally {
      MDC.clear();
    }
  }

  private static JsonObject parsed(String line) {
    return JsonParser.parseString(line).getAsJsonObject();
  }

  @Test
  void jsonHasAnObjectALine() throws IOException {
    List<String> lines =
        lines(
            LogFormat.JSON,
            null,
            () -> {
              inRank(() -> LOG.info("two\nlines \"{}\"", 5));
              LOG.atWarn().log("no rank");
            });
    assertEquals(2, lines.size());
    JsonObject line = parsed(lines.getFirst());
    assertEquals("two\nlines \"5\"", line.get("message").getAsString());
    assertEquals("INFO", line.get("level").getAsString());
    assertEquals("dev.troupe.some.Thing", line.get("logger").getAsString());
    assertEquals(Thread.currentThread().getName(), line.get("thread").getAsString());
    assertEquals(3, line.get("rank").getAsInt());
    assertTrue(line.getAsJsonPrimitive("epoch").isNumber());
    assertFalse(line.has("node") || line.has("exception"), line::toString);
    Instant time = Instant.parse(line.get("time").getAsString());
    assertTrue(Duration.between(time, Instant.now()).abs().toMinutes() < 1, line::toString);
    assertFalse(parsed(lines.getLast()).has("rank"));
  }

  @Test
  void jsonKeepsAStackTraceInItsLine() throws IOException {
    List<String> lines =
        lines(LogFormat.JSON, "a", () -> LOG.warn("bad", new IOException("the disk")));
    assertEquals(1, lines.size());
    String trace = parsed(lines.getFirst()).get("exception").getAsString();
    assertTrue(trace.contains("IOException: the disk") && trace.contains("\tat "), trace);
  }

  @Test
  void theNodeIsTheProcesssOrTheContexts() throws IOException {
    List<String> lines =
        lines(
            LogFormat.JSON,
            "node-a",
            () -> {
              LOG.info("x");
              MDC.put(LogFields.NODE, "node-b");
              LOG.info("y");
              MDC.clear();
            });
    assertEquals("node-a", parsed(lines.getFirst()).get("node").getAsString());
    assertEquals("node-b", parsed(lines.getLast()).get("node").getAsString());
  }

  @Test
  void textTellsRankAndEpochWhereTheyAreKnown() throws IOException {
    List<String> lines =
        lines(
            LogFormat.TEXT,
            null,
            () -> {
              inRank(() -> LOG.info("inside"));
              LOG.info("outside");
            });
    String thread = "[" + Thread.currentThread().getName() + "]";
    assertTrue(
        lines
            .getFirst()
            .endsWith("INFO  " + thread + " epoch=7 rank=3 dev.troupe.some.Thing - inside"),
        lines::toString);
    assertTrue(
        lines.getLast().endsWith("INFO  " + thread + " dev.troupe.some.Thing - outside"),
        lines::toString);
  }

  @Test
  void textTellsTheNode() throws IOException {
    List<String> lines = lines(LogFormat.TEXT, "node-{a}", () -> LOG.info("x"));
    assertTrue(lines.getFirst().contains("] node=node-_a_ dev.troupe"), lines::toString);
  }
}
