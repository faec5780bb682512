package dev.troupe.deploy.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.deploy.cli.BenchJob;
import dev.troupe.deploy.cli.BenchJob.AllReduceMode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllReduceComparisonTest {
  /** Real processes; a wrong sum would end one and leave its line out. */
  @Test
  void everyModeGivesALineForEverySize() {
    StringWriter text = new StringWriter();
    BenchJob.AllReduce request =
        new BenchJob.AllReduce(
            List.of(AllReduceMode.values()),
            List.of(2),
            List.of(1024L, 400_000L),
            20,
            List.of("127.0.0.1"),
            "",
            false,
            "none");

    new AllReduceComparison(request, new PrintWriter(text)).run();

    List<String> lines = text.toString().lines().skip(2).toList();
    assertEquals(2 * AllReduceMode.values().length, lines.size(), text::toString);
    assertTrue(lines.get(0).matches("local +2 +1,024 +[0-9.,]+ +[0-9.]+"), text::toString);
    assertTrue(lines.get(3).matches("shared +2 +400,000 +[0-9.,]+ +[0-9.]+"), text::toString);
    assertTrue(lines.get(4).startsWith("private"), text::toString);
  }
}
