package dev.troupe.deploy.gpucheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.troupe.proto.error.TroupeException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ReportTest {
  private final StringWriter shown = new StringWriter();

  private record Given(char name, Consumer<Report> body) implements Section {
    @Override
    public String title() {
      return "section " + name;
    }

    @Override
    public void run(Report report) {
      body.accept(report);
    }
  }

  private CheckResult check(Section... sections) {
    List<SectionResult> results =
        new SectionRunner(new ReportTable(new PrintWriter(shown))).run(Arrays.asList(sections));
    return new CheckResult(
        Instant.parse("2026-01-02T03:04:05Z"), "0.1", "NVIDIA H200", "13.0", false, results);
  }

  private static Section[] complete(Consumer<Report> last) {
    Consumer<Report> fine = report -> report.fact("it", "works");
    return new Section[] {
      new Given('a', fine),
      new Given('b', fine),
      new Given('c', fine),
      new Given('d', fine),
      new Given('e', last)
    };
  }

  @Test
  void passesWhereTheFirstFiveRanAndNothingFailed() {
    assertTrue(check(complete(report -> report.atMost("error", 0.5, 1, ""))).passed());
    CheckResult oneLess = check(Arrays.copyOf(complete(report -> {}), 4));
    assertFalse(oneLess.passed());
    assertEquals("e", oneLess.missing());
    assertEquals("e", check(complete(report -> report.skipped("it", "no means"))).missing());
    assertFalse(check(complete(report -> report.atMost("error", 1.5, 1, ""))).passed());
  }

  @Test
  void notANumberFailsEveryBound() {
    CheckResult result =
        check(
            complete(
                report -> {
                  report.atMost("error", Double.NaN, 1, "");
                  report.atLeast("speed", Double.NaN, 1, "");
                }));
    assertEquals(2, result.count(Outcome.FAILED));
  }

  @Test
  void listsAreTheSameOnlyAsAWholeAndNotWhereEmpty() {
    CheckResult result =
        check(
            complete(
                report -> {
                  report.same("equal", List.of("1", "2"), List.of("1", "2"));
                  report.same("other", List.of("1", "2"), List.of("1", "3"));
                  report.same("shorter", List.of("1", "2"), List.of("1"));
                  report.same("longer", List.of("1"), List.of("1", "2"));
                  report.same("empty", List.of(), List.of());
                }));
    assertEquals(4, result.count(Outcome.FAILED));
    assertTrue(shown.toString().contains("number 2: 3, expected 2"), shown::toString);
  }

  @Test
  void aSectionThatEndsInAnExceptionFailsAndTheNextOnesRun() {
    Section[] sections = complete(report -> {});
    sections[1] =
        new Given(
            'b',
            report -> {
              throw TroupeException.resource("the GPU has gone");
            });
    sections[2] =
        new Given(
            'c',
            report -> {
              throw new IllegalStateException("a defect");
            });
    CheckResult result = check(sections);
    assertEquals(2, result.count(Outcome.FAILED));
    assertEquals(5, result.sections().size());
    assertTrue(shown.toString().contains("the GPU has gone"), shown::toString);
    assertTrue(shown.toString().contains("a defect, at dev.troupe"), shown::toString);
  }

  @Test
  void tableAndJsonTellEveryFigure() {
    CheckResult result =
        check(
            complete(
                report -> {
                  report.atMost("relative difference", 2e-5, 1e-4, "");
                  report.atLeast("tokens", 12_345.6, 10_000, "tokens/s");
                  report.atMost("infinite", Double.POSITIVE_INFINITY, 1, "");
                  report.skipped("PyTorch", "there is no Python");
                }));
    new ReportTable(new PrintWriter(shown)).end(result);
    String table = shown.toString();
    assertTrue(table.contains("2.00e-05"), table);
    assertTrue(table.contains("12,346 tokens/s      >= 10,000 tokens/s ok"), table);
    assertTrue(table.contains("6 ok, 1 failed, 1 skipped"), table);
    assertTrue(table.contains("NOT passed"), table);

    JsonObject json = ReportJson.tree(result);
    assertEquals("NVIDIA H200", json.get("gpu").getAsString());
    assertEquals("2026-01-02T03:04:05Z", json.get("date").getAsString());
    assertFalse(json.get("passed").getAsBoolean());
    JsonObject last = json.getAsJsonArray("sections").get(4).getAsJsonObject();
    var findings = last.getAsJsonArray("findings");
    assertEquals(2e-5, findings.get(0).getAsJsonObject().get("value").getAsDouble());
    assertEquals(12_345.6, findings.get(1).getAsJsonObject().get("value").getAsDouble());
    assertTrue(findings.get(2).getAsJsonObject().get("value").isJsonNull());
    assertEquals("skipped", findings.get(3).getAsJsonObject().get("outcome").getAsString());
    assertEquals("there is no Python", findings.get(3).getAsJsonObject().get("note").getAsString());
  }
}
