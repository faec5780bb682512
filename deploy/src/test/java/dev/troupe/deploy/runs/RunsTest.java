package dev.troupe.deploy.runs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.deploy.report.EventLog;
import dev.troupe.deploy.report.MetricsLog;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.deploy.report.StepMetrics;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class RunsTest {
  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text, true);

  @TempDir Path folder;

  /** A run of as many steps, as its recorder leaves it. */
  private Path run(String name, int steps, DoubleUnaryOperator loss, String... settings) {
    List<String> all =
        Stream.concat(
                Stream.of("run.name=" + name, "run.dir=" + folder.resolve(name)),
                Stream.of(settings))
            .toList();
    RunFolder run = RunFolder.create(JobConfig.load(null, all));
    try (MetricsLog metrics = MetricsLog.open(run.metrics());
        EventLog events =
            EventLog.open(run.events(), () -> Instant.parse("2026-01-02T03:04:05Z"))) {
      events.append("started", Map.of("resume_step", 0L));
      for (int step = 1; step <= steps; step++) {
        double value = loss.applyAsDouble(step);
        metrics.step(new StepMetrics(step, value, 1.5, 1e-3, 2_048, 0.5, null, 1, 2, 2));
        if (step % 4 == 0) {
          events.append("validation", Map.of("step", (long) step, "loss", value + 1));
        }
      }
    }
    return run.path();
  }

  private void event(Path run, String name, Map<String, ?> fields) {
    try (EventLog events =
        EventLog.open(new RunFolder(run).events(), () -> Instant.parse("2026-01-02T04:00:00Z"))) {
      events.append(name, fields);
    }
  }

  private String listed(Path... runs) {
    Runs.read(List.of(runs)).print(2, out);
    return text.toString();
  }

  @Test
  void aLineTellsHowARunWent() {
    Path run = run("mine", 8, step -> 10 - step, "train.steps=40");
    event(run, "recovered", Map.of());
    String line = listed(run).lines().skip(1).findFirst().orElseThrow();
    assertTrue(line.startsWith("mine  interrupted  8 of 40  2.5000"), line);
    for (String part : List.of("3.0000", "16 K", "4,096", "2 x 2", "4s", " 1 ")) {
      assertTrue(line.contains(part), () -> part + " is not in " + line);
    }
    event(run, "finished", Map.of("outcome", "stopped"));
    text.getBuffer().setLength(0);
    assertTrue(listed(run).contains("stopped"));
    event(run, "started", Map.of("resume_step", 4L));
    text.getBuffer().setLength(0);
    String again = listed(run);
    assertTrue(again.contains("interrupted") && again.contains("7.0000"), again);
  }

  @Test
  void aRunThatHasNotBegunHasALine() {
    assertTrue(listed(run("new", 0, step -> step)).contains("not begun"));
  }

  @Test
  void aLineThatIsBeingWrittenIsLeftOut() throws IOException {
    Path run = run("mine", 3, step -> step);
    Path metrics = new RunFolder(run).metrics();
    Files.writeString(metrics, "{\"step\":4,\"lo", StandardOpenOption.APPEND);
    assertTrue(listed(run).contains("3 of "));
    Files.writeString(metrics, "\n{}\n", StandardOpenOption.APPEND);
    TroupeException e = assertThrows(TroupeException.class, () -> Runs.read(List.of(run)));
    assertEquals(Category.DATA, e.category());
    assertTrue(String.valueOf(e.getMessage()).contains("metrics.jsonl, line 4"), e::getMessage);
  }

  @Test
  void whatSetsRunsApartIsShown() {
    Path a = run("a", 20, step -> 5.0 / step, "train.lr=1e-3");
    Path b = run("b", 12, step -> step < 8 ? 5.0 / step : 1, "train.lr=2e-3");
    Runs.read(List.of(a, b)).compare(1, out);
    String shown = text.toString();
    assertTrue(shown.contains("train.lr"), shown);
    assertFalse(shown.contains("run.name") || shown.contains("checkpoint.dir"), shown);
    assertTrue(shown.contains("a and b: 7 equal losses; step 8 is the first"), shown);
    List<String> last =
        shown.lines().filter(line -> line.startsWith("12 ")).map(String::strip).toList();
    assertEquals(1, last.size(), shown);
    assertTrue(last.getFirst().endsWith("0.4167  1.0000"), shown);
  }

  @Test
  void runsWithTheSameLossesAreCalledTheSame() {
    Path a = run("a", 5, step -> 1.0 / step);
    Path b = run("b", 9, step -> 1.0 / step);
    Runs.read(List.of(a, b)).compare(1, out);
    assertTrue(text.toString().contains("the same settings"), text::toString);
    assertTrue(text.toString().contains("a and b: the same losses, to the bit"), text::toString);
  }

  @Test
  void jsonHasNumbersAndSettings() {
    Path a = run("a", 5, step -> step == 5 ? Double.NaN : step, "train.lr=1e-3");
    JsonArray all = JsonParser.parseString(Runs.read(List.of(a)).json()).getAsJsonArray();
    JsonObject run = all.get(0).getAsJsonObject();
    assertEquals(5, run.get("step").getAsInt());
    assertTrue(run.get("loss").isJsonNull());
    assertEquals(5.0, run.get("validation_loss").getAsDouble());
    assertEquals("0.001", run.getAsJsonObject("settings").get("train.lr").getAsString());
  }

  @Test
  void aPlotHasACurveARun() throws Exception {
    Path a = run("a", 4_000, step -> 6 - step / 1_000);
    Path b = run("b", 10, step -> step == 3 ? Double.NaN : 4);
    Path file = folder.resolve("losses.svg");
    Runs.read(List.of(a, b)).plot(new Runs.PlotStyle(Quantity.LOSS, Along.STEP, false), 1, file);
    Document svg = parsed(file);
    assertEquals(2, svg.getElementsByTagName("polyline").getLength());
    assertEquals(1_000 + 2, svg.getElementsByTagName("circle").getLength());
    String[] points = points(svg, 0);
    assertTrue(points.length > 1_000 && points.length <= 1_500, () -> "" + points.length);
    // Axes: steps 0 to 4000 from 80 to 930, losses 2 to 7 from 470 to 50.
    assertEquals("930.0,470.0", points[points.length - 1]);
    assertEquals(9, points(svg, 1).length);
  }

  private static Document parsed(Path file) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(Files.readString(file).getBytes(StandardCharsets.UTF_8)));
  }

  private static String[] points(Document svg, int curve) {
    return ((Element) svg.getElementsByTagName("polyline").item(curve))
        .getAttribute("points")
        .split(" ");
  }

  @Test
  void aLogarithmicPlotLeavesOutWhatHasNoLogarithm() throws Exception {
    Path a = run("a", 10, step -> step - 5);
    Path file = folder.resolve("losses.svg");
    Runs.read(List.of(a)).plot(new Runs.PlotStyle(Quantity.LOSS, Along.HOURS, true), 1, file);
    assertEquals(5, points(parsed(file), 0).length);
  }

  @Test
  void aPlotOfNothingIsAnError() {
    Path a = run("a", 0, step -> step);
    TroupeException e =
        assertThrows(
            TroupeException.class,
            () ->
                Runs.read(List.of(a))
                    .plot(
                        new Runs.PlotStyle(Quantity.LOSS, Along.STEP, false),
                        1,
                        folder.resolve("x.svg")));
    assertEquals(Category.USAGE, e.category());
    assertFalse(Files.exists(folder.resolve("x.svg")));
  }
}
