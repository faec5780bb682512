package dev.troupe.deploy.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LogsTest {
  @TempDir Path folder;

  private static StepMetrics step(long step, double loss) {
    return new StepMetrics(step, loss, 0.5, 1e-3, 4096, 0.25, null, 7, 2, 4);
  }

  @Test
  void aStepHasTheContractsFields() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.open(file)) {
      log.step(step(1, 2.5));
      // Readable before the log is closed.
      JsonObject line = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
      assertEquals(
          Set.of(
              "step",
              "loss",
              "loss_hex",
              "grad_norm",
              "lr",
              "tokens",
              "tokens_per_second",
              "step_seconds",
              "mfu",
              "epoch",
              "dp",
              "tp"),
          line.keySet());
      assertEquals("0x1.4p1", line.get("loss_hex").getAsString());
      assertEquals(16384, line.get("tokens_per_second").getAsDouble());
      assertTrue(line.get("mfu").isJsonNull());
      assertEquals(2, line.get("dp").getAsInt());
      assertEquals(4, line.get("tp").getAsInt());
    }
  }

  @Test
  void aLossThatIsNoNumberIsStillJson() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.open(file)) {
      log.step(step(1, Double.NaN));
    }
    JsonObject line = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertTrue(line.get("loss").isJsonNull());
    assertEquals("NaN", line.get("loss_hex").getAsString());
  }

  @Test
  void aResumedRunHasEachStepOnce() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.open(file)) {
      for (int i = 1; i <= 5; i++) {
        log.step(step(i, i));
      }
    }
    Files.writeString(file, "{\"step\":6,\"lo", StandardOpenOption.APPEND);
    try (MetricsLog log = MetricsLog.open(file)) {
      log.goOnAfter(3);
      log.step(step(4, 40));
    }
    List<Double> losses =
        Files.readAllLines(file).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject().get("loss").getAsDouble())
            .toList();
    assertEquals(List.of(1.0, 2.0, 3.0, 40.0), losses);
    assertFalse(Files.exists(folder.resolve("metrics.jsonl.tmp")));
  }

  @Test
  void aRunThatGoesBackHasEachStepOnce() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    try (MetricsLog log = MetricsLog.open(file)) {
      log.goOnAfter(0);
      for (int i = 1; i <= 5; i++) {
        log.step(step(i, i));
      }
      log.goOnAfter(5);
      log.goOnAfter(2);
      log.step(step(3, 30));
      log.goOnAfter(3);
      log.step(step(4, 40));
    }
    List<Double> losses =
        Files.readAllLines(file).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject().get("loss").getAsDouble())
            .toList();
    assertEquals(List.of(1.0, 2.0, 30.0, 40.0), losses);
  }

  @Test
  void aLastLineWithoutItsEndIsCompleted() throws IOException {
    Path file = folder.resolve("metrics.jsonl");
    Files.writeString(file, "{\"step\":1,\"loss\":1}");
    try (MetricsLog log = MetricsLog.open(file)) {
      log.goOnAfter(1);
      log.step(step(2, 2));
    }
    assertEquals(2, Files.readAllLines(file).size());
  }

  private static SamplesRecord samples(long step, String... texts) {
    return new SamplesRecord(
        step,
        IntStream.range(0, texts.length)
            .mapToObj(i -> new SamplesRecord.Sample("prompt " + i, texts[i]))
            .toList(),
        1,
        7);
  }

  @Test
  void textsOfAStepAreThereOnce() throws IOException {
    Path file = folder.resolve("samples.jsonl");
    try (SamplesLog log = new SamplesLog(file)) {
      log.goOnAfter(0);
      assertFalse(Files.exists(file), "made with the first text");
      log.append(samples(2, "a\nb", "\u00e9"));
      log.append(samples(4, "c", "d"));
      log.append(samples(4, "c", "d"));
    }
    try (SamplesLog log = new SamplesLog(file)) {
      log.goOnAfter(3);
      log.append(samples(4, "C", "D"));
    }
    List<String> lines = Files.readAllLines(file);
    assertEquals(
        "{\"step\":2,\"prompt\":\"prompt 0\",\"text\":\"a\\nb\",\"epoch\":7}", lines.getFirst());
    assertEquals(
        List.of("a\nb", "\u00e9", "C", "D"),
        lines.stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject().get("text").getAsString())
            .toList());
  }

  /** It was stopped while another process took the run over, and does not know it yet. */
  @Test
  void whoHadTheLogsBeforeWritesForNobody() throws IOException {
    Path metrics = folder.resolve("metrics.jsonl");
    Path events = folder.resolve("events.jsonl");
    try (MetricsLog old = MetricsLog.open(metrics);
        EventLog oldEvents = EventLog.open(events, InstantSource.system())) {
      old.step(step(1, 1));
      oldEvents.append("mine", Map.of());
      try (MetricsLog log = MetricsLog.open(metrics);
          EventLog eventLog = EventLog.open(events, InstantSource.system())) {
        old.step(step(2, 20));
        oldEvents.append("late", Map.of());
        log.step(step(2, 2));
        eventLog.append("theirs", Map.of());
      }
    }
    assertEquals(2, Files.readAllLines(metrics).size());
    assertTrue(Files.readAllLines(metrics).getLast().contains("\"loss\":2.0"));
    assertEquals(
        List.of("mine", "theirs"),
        Files.readAllLines(events).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject().get("event").getAsString())
            .toList());
  }

  @Test
  void eventsHaveTimeAndName() throws IOException {
    Path file = folder.resolve("events.jsonl");
    InstantSource clock = InstantSource.fixed(Instant.parse("2025-01-02T03:04:05Z"));
    for (int run = 0; run < 2; run++) {
      try (EventLog log = EventLog.open(file, clock)) {
        log.append("validation", Map.of("loss", 1.5));
      }
    }
    assertEquals(
        "{\"time\":\"2025-01-02T03:04:05Z\",\"event\":\"validation\",\"loss\":1.5}",
        Files.readAllLines(file).get(1));
  }

  @Test
  void aNumberThatJsonLacksIsText() throws IOException {
    Path file = folder.resolve("events.jsonl");
    try (EventLog log = EventLog.open(file, InstantSource.system())) {
      log.append("not-finite", Map.of("loss", Double.NaN));
    }
    JsonObject line = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertEquals("NaN", line.get("loss").getAsString());
  }

  @Test
  void theRunFolderKeepsTheJob() throws IOException {
    JobSpec job = JobConfig.load(null, List.of("run.dir=" + folder.resolve("a/b")));
    RunFolder created = RunFolder.create(job);
    assertEquals(job, JobConfig.load(created.job(), List.of()));
    assertEquals(folder.resolve("a/b/metrics.jsonl"), created.metrics());
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    JobSpec job = JobConfig.load(null, List.of("run.dir=" + file.resolve("x")));
    TroupeException e = assertThrows(TroupeException.class, () -> RunFolder.create(job));
    assertEquals(Category.RESOURCE, e.category());
    assertTrue(e.toString().contains(file.toString()), e::toString);
    assertThrows(TroupeException.class, () -> MetricsLog.open(file.resolve("m")));
  }

  @Test
  void detailsGoToTheRunsLogWhileItIsOpen() throws IOException {
    Path file = folder.resolve("troupe.log");
    try (RunLogging _ = RunLogging.to(file, LogFormat.TEXT, null)) {
      LoggerFactory.getLogger("test").info("inside");
    }
    LoggerFactory.getLogger("test").info("outside");
    String text = Files.readString(file);
    assertTrue(text.contains("INFO") && text.contains("inside"), text);
    assertFalse(text.contains("outside"), text);
  }
}
