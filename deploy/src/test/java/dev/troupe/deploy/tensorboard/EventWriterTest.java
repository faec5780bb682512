package dev.troupe.deploy.tensorboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunReport;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventWriterTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_500));
  private static final JobSpec JOB = JobConfig.parse("run.name = curves");

  @TempDir Path folder;

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  private List<EventReader.Event> events() throws IOException {
    List<EventReader.Event> events = new ArrayList<>();
    for (Path file : files()) {
      events.addAll(EventReader.read(Files.readAllBytes(file)));
    }
    return events;
  }

  private void record(RunReport... reports) {
    TensorBoardListener listener = new TensorBoardListener(EventWriter.open(folder, CLOCK));
    for (RunReport report : reports) {
      report.deliverTo(listener);
    }
  }

  private static RunHeader header(long resumeStep) {
    Path from = resumeStep == 0 ? null : Path.of("checkpoint");
    return new RunHeader(JOB, 1, 1, 1, Map.of(), "cpu:0", from, resumeStep);
  }

  private static StepRecord step(long step, double loss) {
    return new StepRecord(step, loss, 0.5, 1e-3, 100, 0.5, 1, 1, 1);
  }

  /**
   * What TensorBoard 2.21 makes of the same events ({@code RecordWriter} and its own protobuf
   * classes).
   */
  @Test
  void theBytesAreTensorBoardsOwn() throws IOException {
    try (EventWriter writer = EventWriter.open(folder, CLOCK)) {
      writer.restart(3);
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("train/loss", 2.5);
      values.put("train/lr", 0.001);
      writer.scalars(3, values);
      writer.text(0, "job.conf", "a = 1");
    }
    assertEquals(
        "1800000000000000a37f4b2209000000000000f83f1a0d627261696e2e4576656e743a322a28646c"
            + "0f000000000000006d532b0909000000000000f83f10033a020801ec8612fc"
            + "31000000000000009d8383e909000000000000f83f10032a240a110a0a747261696e2f6c6f7373"
            + "15000020400a0f0a08747261696e2f6c72156f12833aa03af715"
            + "3200000000000000241956ec09000000000000f83f2a270a250a086a6f622e636f6e66420f0807"
            + "120412020801420561203d20314a080a060a0474657874ce166392",
        HexFormat.of().formatHex(Files.readAllBytes(files().getFirst())));
  }

  @Test
  void aRunLeavesItsCurvesAndItsJob() throws IOException {
    LinkedHashMap<String, Double> sets = new LinkedHashMap<>(Map.of("code", 1.5));
    SamplesRecord.Sample sample = new SamplesRecord.Sample("Once", "upon\n\n# a *time*");
    record(
        header(0),
        step(1, 3.5),
        step(2, Double.NaN),
        new ValidationRecord(2, 2.75, 0.1, 1, sets),
        new CheckpointRecord(2, folder, 0.25),
        new SamplesRecord(2, List.of(sample, sample), 0.5, 1),
        RunResult.completed(2));
    List<EventReader.Event> events = events();
    assertEquals("brain.Event:2", events.getFirst().version());
    assertEquals(1.5, events.getFirst().wallTime());
    assertEquals(0, events.get(2).step());
    String job = events.get(2).texts().getOrDefault("config/text_summary", "");
    assertTrue(job.contains("\n        name=curves\n"), job);
    Map<String, Object> settings = events.get(3).settings();
    assertEquals("curves", settings.get("run.name"));
    assertEquals(JOB.train().lr(), settings.get("train.lr"));
    assertEquals(JOB.elastic().copies(), settings.get("elastic.copies"));
    assertEquals("[]", settings.get("samples.prompts"));
    assertEquals(JobConfig.settings(JOB).keySet(), settings.keySet());
    EventReader.Event first = events.get(4);
    assertEquals(1, first.step());
    assertEquals(
        Map.of(
            "train/loss", 3.5f,
            "train/grad_norm", 0.5f,
            "train/lr", 1e-3f,
            "train/tokens_per_second", 200f,
            "train/step_seconds", 0.5f),
        first.scalars());
    assertEquals(Float.NaN, events.get(5).scalars().get("train/loss"));
    assertEquals(
        Map.of("validation/loss", 2.75f, "validation/loss/code", 1.5f), events.get(6).scalars());
    assertEquals(Map.of("checkpoint/seconds", 0.25f), events.get(7).scalars());
    String shown = "prompt:\n\n    Once\n\ntext:\n\n    upon\n    \n    # a *time*";
    assertEquals(Map.of("samples/0/text_summary", shown), events.get(8).texts());
    assertEquals(Map.of("samples/1/text_summary", shown), events.get(9).texts());
    assertEquals(2, events.get(9).step());
    assertEquals(10, events.size());
  }

  @Test
  void aResumeOpensANewFileThatTakesBackLaterSteps() throws IOException {
    record(header(0), step(1, 3), step(2, 2), step(3, 1), RunResult.aborted(3, "x"));
    record(header(1), step(2, 20), RunResult.completed(2));
    assertEquals(2, files().size());
    EventReader.Event start = EventReader.read(Files.readAllBytes(files().getLast())).get(1);
    assertEquals(1, start.status());
    assertEquals(2, start.step());

    // As readers do: a START forgets its step and what is later.
    Map<Long, Float> curve = new LinkedHashMap<>();
    for (EventReader.Event event : events()) {
      if (event.status() == 1) {
        curve.keySet().removeIf(step -> step >= event.step());
      } else if (event.scalars().containsKey("train/loss")) {
        curve.put(event.step(), event.scalars().get("train/loss"));
      }
    }
    assertEquals(Map.of(1L, 3f, 2L, 20f), curve);
  }

  @Test
  void aRecoveryInOneProcessTakesBackLaterStepsToo() throws IOException {
    record(header(0), step(1, 3), step(2, 2), header(1), step(2, 2.5), RunResult.completed(2));
    List<EventReader.Event> starts =
        events().stream().filter(event -> event.status() == 1).toList();
    assertEquals(List.of(1L, 2L), starts.stream().map(EventReader.Event::step).toList());
    assertEquals(1, events().stream().filter(event -> !event.texts().isEmpty()).count());
  }

  @Test
  void theNameHasTimeHostAndProcess() throws IOException {
    EventWriter.open(folder, CLOCK).close();
    String name = String.valueOf(files().getFirst().getFileName());
    assertTrue(
        name.matches(
            "events\\.out\\.tfevents\\.0000000001\\.[A-Za-z0-9._-]+\\."
                + ProcessHandle.current().pid()),
        name);
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    TroupeException e =
        assertThrows(TroupeException.class, () -> EventWriter.open(file.resolve("x"), CLOCK));
    assertEquals(Category.RESOURCE, e.category());
    assertTrue(e.toString().contains("file"), e::toString);
    assertEquals(Set.of(file), Set.copyOf(files()));
  }
}
