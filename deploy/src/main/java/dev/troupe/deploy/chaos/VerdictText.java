package dev.troupe.deploy.chaos;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** A verdict as a table on the console. */
record VerdictText(Verdict verdict) {
  private static final String ROW = "%-17s %6s %8s  %16s  %16s  %6s %5s %6s %8s%n";

  void print(PrintWriter out) {
    out.printf("%nFaults, with seconds as median / 95th percentile:%n%n");
    out.printf(
        ROW,
        "kind",
        "faults",
        "noticed",
        "noticed after",
        "commit to commit",
        "again",
        "lost",
        "false",
        "overlap");
    verdict.rows().forEach(row -> print(out, row));
    verdict.rows().stream()
        .filter(row -> row.refused() > 0)
        .forEach(row -> out.printf("%s: %d skipped%n", row.kind(), row.refused()));
    verdict.rows().stream()
        .filter(row -> row.masked() > 0)
        .forEach(
            row -> out.printf("%s: %d wiped out by another fault%n", row.kind(), row.masked()));
    out.println();
    verdict.comparison().ifPresent(with -> print(out, with));
    List<String> failures = verdict.failures();
    if (failures.isEmpty()) {
      out.println("Everything held.");
    } else {
      failures.forEach(failure -> out.println("DID NOT HOLD: " + failure));
    }
    out.flush();
  }

  private static void print(PrintWriter out, KindRow row) {
    out.printf(
        ROW,
        row.kind(),
        row.faults(),
        "%d/%d".formatted(row.due() - row.missed(), row.due()),
        times(row.noticed()),
        times(row.recovered()),
        row.recomputed(),
        row.lost(),
        row.falseEvictions(),
        row.overlapping());
  }

  private static String times(Percentiles times) {
    return times.count() == 0
        ? "-"
        : String.format(Locale.ROOT, "%.2f / %.2f", times.median(), times.p95());
  }

  private static void print(PrintWriter out, Comparison with) {
    out.printf(
        "%d steps; losses equal to the undisturbed run's: %s; parameters and optimizer: %s%n",
        with.steps(), word(with.sameLosses()), word(with.sameState()));
    out.printf("parameters SHA-256 %s (step %d)%n", with.state().parameters(), with.state().step());
    if (!with.sameState()) {
      out.printf(
          "undisturbed        %s (step %d)%n",
          with.reference().parameters(), with.reference().step());
    }
    if (!with.missing().isEmpty()) {
      out.printf("%d lines of metrics.jsonl went with a coordinator%n", with.missing().size());
    }
  }

  private static String word(boolean holds) {
    return holds ? "yes" : "NO";
  }
}
