package dev.troupe.deploy.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.MemoryPlan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConsoleReportTest {
  private final StringWriter text = new StringWriter();
  private final JobSpec job =
      JobConfig.load(null, List.of("train.steps=20", "train.warmup=2", "log.every=10"));
  private final ConsoleReport report = new ConsoleReport(new PrintWriter(text), false, job);

  private void steps(int from, int to) {
    for (int step = from; step <= to; step++) {
      report.onStep(new StepMetrics(step, 4.0 / step, 1.25, 3e-3, 4096, 0.5, null, 1, 2, 2));
    }
  }

  @Test
  void theHeaderSaysWhatTheRunIs() {
    report.onHeader(MemoryPlan.of(job), 0);
    for (String word :
        List.of(
            "llama-tiny-bios",
            "4 layers, hidden 128, 4 heads (2 KV), ffn 352, vocab 257",
            "tp 2 x dp 2 = 4 ranks",
            "a rank",
            "16 x 256 = 4,096 tokens",
            "fp32 on cpu",
            "bios, 1,000 people x 5, shuffled order",
            "runs/llama-tiny-bios/checkpoints, every 100 steps")) {
      assertTrue(text.toString().contains(word), () -> word + " in:\n" + text);
    }
    assertFalse(text.toString().contains("resume"));
    report.onHeader(MemoryPlan.of(job), 12);
    assertTrue(text.toString().contains("goes on after step 12"), text::toString);
  }

  @Test
  void aLineIsPrintedForTheFirstStepEveryTenthAndTheLast() {
    steps(1, 15);
    List<String> lines = text.toString().lines().map(String::strip).toList();
    assertEquals(3, lines.size(), text::toString);
    assertEquals("1/20     4.0000   3.00e-03      1.250       8,192       10s", lines.get(1));
    assertTrue(lines.get(2).startsWith("10/20     0.4000"), lines.get(2));
    steps(16, 20);
    assertTrue(text.toString().contains("20/20     0.2000"), text::toString);
  }

  @Test
  void linesAreAligned() {
    steps(1, 20);
    assertEquals(
        1, text.toString().lines().mapToInt(String::length).distinct().count(), text::toString);
  }

  @Test
  void theEndSaysWhereThingsAreAndWhatIsNext() {
    steps(1, 20);
    LinkedHashMap<String, Double> sets = new LinkedHashMap<>();
    sets.put("web", 1.5);
    sets.put("code", Double.NaN);
    report.onValidation(new ValidationRecord(20, 0.75, 0.1, 1, sets));
    report.onCheckpoint(20, Path.of("runs/x/checkpoints/step-00000020"), 0.4);
    report.onFinished(new RunFolder(Path.of("runs/x")), 75, Recoveries.NONE);
    for (String word :
        List.of(
            "20/20  validation loss 0.7500, web 1.5000, code NaN\n",
            "  validation   0.7500, web 1.5000, code NaN\n",
            "20/20  checkpoint runs/x/checkpoints/step-00000020",
            "Finished 20 steps in 1m 15s.",
            "runs/x/metrics.jsonl",
            "./troupe generate --prompt")) {
      assertTrue(text.toString().contains(word), () -> word + " in:\n" + text);
    }
  }

  @Test
  void theFirstTextIsShownOnOneLineWhateverIsInIt() {
    SamplesRecord.Sample long1 = new SamplesRecord.Sample("Once\n", "\u001b[1m" + "x".repeat(90));
    report.onSamples(new SamplesRecord(20, List.of(long1), 1, 1));
    SamplesRecord.Sample short1 = new SamplesRecord.Sample("a", "b");
    report.onSamples(new SamplesRecord(20, List.of(short1, long1, long1), 1, 1));
    String shown = text.toString();
    assertTrue(shown.contains("20/20  sample \"Once |?[1m" + "x".repeat(70) + "...\"\n"), shown);
    assertTrue(shown.contains("20/20  sample \"a|b\", and 2 more\n"), shown);
  }

  @Test
  void aStoppedRunSaysHowToGoOn() {
    steps(1, 7);
    report.onFinished(new RunFolder(Path.of("runs/x")), 3, Recoveries.NONE);
    assertTrue(text.toString().contains("Stopped after step 7 of 20"), text::toString);
    assertTrue(text.toString().contains("same command"), text::toString);
  }

  @Test
  void onlyATerminalGetsBold() {
    report.onHeader(MemoryPlan.of(job), 0);
    assertFalse(text.toString().contains("\u001b"));
    new ConsoleReport(new PrintWriter(text), true, job).onHeader(MemoryPlan.of(job), 0);
    assertTrue(text.toString().contains("\u001b[1mllama-tiny-bios\u001b[0m"));
  }

  @Test
  void numbersAreShort() {
    assertEquals("999", Words.count(999));
    assertEquals("860 K", Words.count(860_000));
    assertEquals("6.74 B", Words.count(6_738_415_616L));
    assertEquals("59s", Words.duration(59.4));
    assertEquals("1m 00s", Words.duration(59.6));
    assertEquals("1h 01m", Words.duration(3_660));
    assertEquals("2d 04h", Words.duration(52 * 3_600));
  }

  @Test
  void theRemainingTimeForgetsTheSlowFirstStep() {
    Eta eta = new Eta();
    eta.add(100);
    for (int i = 0; i < 10; i++) {
      eta.add(2);
    }
    assertEquals(20, eta.secondsFor(10), 1e-9);
  }
}
