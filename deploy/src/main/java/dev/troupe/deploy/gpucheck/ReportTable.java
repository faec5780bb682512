package dev.troupe.deploy.gpucheck;

import java.io.PrintWriter;
import java.util.Locale;

/**
 * Prints findings for people, a row each as they come: section, check, figure, bound, outcome.
 *
 * @param out where to
 */
record ReportTable(PrintWriter out) {
  private static final String ROW = "%-2s %-66s %-20s %-18s %s";

  void begin(Section section) {
    out.printf(Locale.ROOT, "%n%s  %s%n", section.name(), section.title());
    out.flush();
  }

  void row(Finding finding) {
    out.println(
        String.format(
                Locale.ROOT,
                ROW,
                finding.section(),
                finding.check(),
                finding.figure(),
                finding.bound(),
                finding.outcome().text())
            .stripTrailing());
    if (!finding.note().isEmpty()) {
      out.println("     " + finding.note().replace("\n", "\n     "));
    }
    out.flush();
  }

  void end(CheckResult result) {
    out.printf(
        Locale.ROOT,
        "%n%s: %d ok, %d failed, %d skipped, in %,.0f s%n",
        result.gpu(),
        result.count(Outcome.OK),
        result.count(Outcome.FAILED),
        result.count(Outcome.SKIPPED),
        result.sections().stream().mapToDouble(SectionResult::seconds).sum());
    if (!result.missing().isEmpty()) {
      out.printf(Locale.ROOT, "not complete: sections that did not run: %s%n", result.missing());
    }
    out.println(result.passed() ? "passed" : "NOT passed");
    out.flush();
  }
}
