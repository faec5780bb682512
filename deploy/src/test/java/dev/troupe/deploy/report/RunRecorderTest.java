package dev.troupe.deploy.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunReport;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecorderTest {
  @TempDir Path folder;
  private final StringWriter text = new StringWriter();
  private JobSpec job = JobConfig.parse("");
  private RunFolder files = new RunFolder(Path.of(""));

  @BeforeEach
  void createFolder() {
    job = JobConfig.load(null, List.of("run.dir=" + folder, "train.steps=2"));
    files = RunFolder.create(job);
  }

  private void record(RunReport... reports) {
    RunRecorder recorder =
        new RunRecorder(
            files,
            new ConsoleReport(new PrintWriter(text), false, job),
            List.of("web", "wiki"),
            InstantSource.system());
    for (RunReport report : reports) {
      report.deliverTo(recorder);
    }
  }

  private List<String> events() throws IOException {
    return Files.readAllLines(files.events()).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject().get("event").getAsString())
        .toList();
  }

  @Test
  void aWholeRunLeavesItsFilesAndItsSummary() throws IOException {
    record(
        new RunHeader(job, 1, 2, 2, Map.of("local", List.of()), "NVIDIA H200", null, 0),
        new RunReady(1, List.of(1L << 20, 3L << 20), 0.5),
        new StepRecord(1, 3.5, 1, 1e-3, 4096, 0.5, 1, 2, 2),
        new StepRecord(2, 2.5, 1, 1e-3, 4096, 0.5, 1, 2, 2),
        new ValidationRecord(2, 2.75, 0.1, 1),
        new CheckpointRecord(2, folder.resolve("checkpoints/step-00000002"), 0.2),
        RunResult.completed(2));
    assertEquals(List.of("started", "ready", "validation", "checkpoint", "finished"), events());
    assertEquals(2, Files.readAllLines(files.metrics()).size());
    assertTrue(text.toString().contains("3.0 MiB allocated a rank"), text::toString);
    assertTrue(text.toString().contains("Finished 2 steps"), text::toString);
  }

  @Test
  void lossesOfNamedSetsAreInTheEvent() throws IOException {
    LinkedHashMap<String, Double> sets = new LinkedHashMap<>();
    sets.put("web", 1.5);
    sets.put("code", Double.NaN);
    record(
        new ValidationRecord(1, 2.75, 0.1, 1),
        new ValidationRecord(2, 2.75, 0.1, 1, sets),
        RunResult.completed(2));
    List<String> lines = Files.readAllLines(files.events());
    assertFalse(lines.getFirst().contains("losses"), lines::toString);
    assertTrue(lines.get(1).contains("\"losses\":{\"web\":1.5,\"code\":\"NaN\"}"), lines::toString);
  }

  @Test
  void lossesOfABlendHaveTheirSourcesNames() throws IOException {
    record(
        new RunHeader(job, 1, 2, 2, Map.of("local", List.of()), "cpu:0", null, 0),
        new StepRecord(1, 3.5, 1, 1e-3, 4096, 0.5, 1, 2, 2),
        new StepRecord(2, 3.5, 1, 1e-3, 4096, 0.5, 1, 2, 2, List.of(3.0, 4.0)),
        new StepRecord(3, 3.5, 1, 1e-3, 4096, 0.5, 1, 2, 2, List.of(3.5, Double.NaN)));
    assertEquals(
        Arrays.asList(null, "{\"web\":3.0,\"wiki\":4.0}", "{\"web\":3.5}"),
        Files.readAllLines(files.metrics()).stream()
            .map(line -> JsonParser.parseString(line).getAsJsonObject().get("losses"))
            .map(losses -> losses == null ? null : losses.toString())
            .toList());
  }

  /** 4,096 tokens in half a second on four GPUs of 989.4 TFLOP/s. */
  @Test
  void utilisationIsToldWhereThePeakIsKnown() throws IOException {
    job =
        JobConfig.load(
            null, List.of("precision=bf16", "run.dir=" + folder, "parallel.tp=2", "parallel.dp=2"));
    StepRecord step = new StepRecord(1, 3.5, 1, 1e-3, 4096, 0.5, 1, 2, 2);
    record(new RunHeader(job, 1, 2, 2, Map.of("local", List.of()), "NVIDIA H200", null, 0), step);
    double perToken = ModelFlops.perToken(job.model(), job.train().seqLength());
    assertEquals(perToken * 8192 / (4 * 989.4e12), Objects.requireNonNull(utilisation()), 1e-12);
    record(new RunHeader(job, 1, 2, 2, Map.of("local", List.of()), "cpu:0", null, 0), step);
    assertEquals(null, utilisation());
  }

  private @Nullable Double utilisation() throws IOException {
    var mfu =
        JsonParser.parseString(Files.readAllLines(files.metrics()).getLast())
            .getAsJsonObject()
            .get("mfu");
    return mfu.isJsonNull() ? null : mfu.getAsDouble();
  }

  private static RunEvent info(String type, Map<String, Object> fields) {
    return new RunEvent(type, RunEvent.Severity.INFO, fields);
  }

  @Test
  void anotherMeshIsALineAndStepsThatWereThrownAwayAreNotThereTwice() throws IOException {
    RunHeader first =
        new RunHeader(job, 1, 2, 2, Map.of("a", List.of(), "b", List.of()), "cpu:0", null, 0);
    RunHeader second = new RunHeader(job, 3, 2, 1, Map.of("a", List.of()), "cpu:0", null, 1);
    record(
        first,
        new RunReady(1, List.of(1L << 20), 0.5),
        new StepRecord(1, 3.5, 1, 1e-3, 4096, 0.5, 1, 2, 2),
        new StepRecord(2, 3, 1, 1e-3, 4096, 0.5, 1, 2, 2),
        new RunEvent(
            "node-lost", RunEvent.Severity.WARNING, Map.of("node", "b", "why", "it was killed")),
        new RunEvent("rolled-back", RunEvent.Severity.WARNING, Map.of("from", 2L, "to", 1L)),
        second,
        new RunReady(3, List.of(1L << 20), 0.25),
        new StepRecord(2, 2.5, 1, 1e-3, 4096, 0.5, 3, 2, 1),
        info("recovered", Map.of("seconds", 1.25, "steps_recomputed", 1L)),
        info("node-joined", Map.of("node", "b", "devices", 1L)),
        RunResult.completed(2));
    String shown = text.toString();
    assertEquals(1, shown.split("  checkpoints ", -1).length - 1, shown);
    assertEquals(1, shown.split("  ready in ", -1).length - 1, shown);
    for (String line :
        List.of(
            "  warning: node b is lost: it was killed\n",
            "  warning: goes back from step 2 to step 1, the newest state that is left\n",
            "  mesh 3: dp 1 x tp 2 on 1 node\n",
            "  goes on after 1.3 s, 1 step computed again\n",
            "  node b joined with 1 device\n",
            "  recoveries   1, 1 step computed again\n")) {
      assertTrue(shown.contains(line), () -> line + " is not in\n" + shown);
    }
    List<String> lines = Files.readAllLines(files.metrics());
    assertEquals(2, lines.size(), lines::toString);
    assertTrue(lines.getLast().contains("\"epoch\":3"), lines::toString);
    assertEquals(1, events().stream().filter("started"::equals).count());
    assertEquals(2, events().stream().filter("ready"::equals).count());
  }

  @Test
  void aCoordinatorThatTakesOverTellsOfTheLastStepAndItHasOneLine() throws IOException {
    StepRecord last = new StepRecord(2, 2.5, 1, 1e-3, 4096, 0.5, 1, 2, 2);
    record(new StepRecord(1, 3.5, 1, 1e-3, 4096, 0.5, 1, 2, 2), last);
    record(last, new RunHeader(job, 2, 2, 2, Map.of("local", List.of()), "cpu", null, 2));
    assertEquals(2, Files.readAllLines(files.metrics()).size());

    StepRecord untold = new StepRecord(3, 2, 1, 1e-3, 4096, 0.5, 2, 2, 2);
    record(untold, new RunHeader(job, 3, 2, 2, Map.of("local", List.of()), "cpu", null, 3));
    assertEquals(3, Files.readAllLines(files.metrics()).size());
  }

  @Test
  void peopleSeeThatCtrlCWasHeard() throws IOException {
    record(
        new RunEvent("stop-requested", RunEvent.Severity.INFO, Map.of("reason", "SIGINT")),
        RunResult.aborted(1, "SIGINT"));
    assertEquals(List.of("stop-requested", "finished"), events());
    assertTrue(text.toString().contains("Ctrl-C again ends at once"), text::toString);
  }

  @Test
  void peopleSeeWarningsAndToolsSeeAll() throws IOException {
    record(
        new RunEvent("node-joined", RunEvent.Severity.INFO, Map.of("node", "a")),
        new RunEvent(
            "checkpoint-failed",
            RunEvent.Severity.WARNING,
            Map.of("message", "disk full", "step", 1L)),
        new RunEvent("run-failed", RunEvent.Severity.ERROR, Map.of("message", "disk full")),
        RunResult.failed(1, Category.RESOURCE, "disk full"));
    assertEquals(List.of("node-joined", "checkpoint-failed", "run-failed", "finished"), events());
    assertFalse(text.toString().contains("node-joined"), text::toString);
    assertTrue(
        text.toString().contains("warning: checkpoint failed, step 1: disk full"), text::toString);
    assertFalse(text.toString().contains("run failed"), text::toString);
    assertFalse(text.toString().contains("Finished"), text::toString);
  }
}
