package dev.troupe.deploy.gpucheck;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects the findings of one section and passes each on as it comes. Used by one thread. */
final class Report {
  private final char section;
  private final Consumer<Finding> listener;
  private final List<Finding> findings = new ArrayList<>();

  Report(char section, Consumer<Finding> listener) {
    this.section = section;
    this.listener = listener;
  }

  /** Something to know. */
  void fact(String check, String text) {
    add(check, text, null, "", Outcome.OK, "");
  }

  /** The same, with a note. */
  void fact(String check, String text, String note) {
    add(check, text, null, "", Outcome.OK, note);
  }

  /** A measurement that nothing is demanded of. */
  void figure(String check, double value, String unit) {
    add(check, text(value, unit), value, "", Outcome.OK, "");
  }

  /** A measurement that must not be greater than a limit; NaN fails. */
  void atMost(String check, double value, double limit, String unit) {
    atMost(check, value, limit, unit, "");
  }

  /** The same, with a note. */
  void atMost(String check, double value, double limit, String unit, String note) {
    Outcome outcome = value <= limit ? Outcome.OK : Outcome.FAILED;
    add(check, text(value, unit), value, "<= " + text(limit, unit), outcome, note);
  }

  /** A measurement that must not be less than a limit; NaN fails. */
  void atLeast(String check, double value, double limit, String unit) {
    Outcome outcome = value >= limit ? Outcome.OK : Outcome.FAILED;
    add(check, text(value, unit), value, ">= " + text(limit, unit), outcome, "");
  }

  /** Whether something holds. */
  void holds(String check, boolean holds, String figure, String bound, String noteOnFailure) {
    Outcome outcome = holds ? Outcome.OK : Outcome.FAILED;
    add(check, figure, null, bound, outcome, holds ? "" : noteOnFailure);
  }

  /** Texts, such as losses to the bit, that must be the same ones. */
  void same(String check, List<String> expected, List<String> actual) {
    int equal = 0;
    while (equal < Math.min(expected.size(), actual.size())
        && expected.get(equal).equals(actual.get(equal))) {
      equal++;
    }
    boolean all = equal == expected.size() && equal == actual.size() && equal > 0;
    holds(
        check,
        all,
        "%d equal".formatted(equal),
        "all %d".formatted(expected.size()),
        "number %d: %s, expected %s"
            .formatted(equal + 1, element(actual, equal), element(expected, equal)));
  }

  private static String element(List<String> list, int i) {
    return i < list.size() ? list.get(i) : "none";
  }

  /** A check that found its subject wrong, or could not be made to an end. */
  void failed(String check, String why) {
    add(check, "", null, "", Outcome.FAILED, why);
  }

  /** A check that this machine or this build has no means for. */
  void skipped(String check, String why) {
    add(check, "", null, "", Outcome.SKIPPED, why);
  }

  private void add(
      String check,
      String figure,
      @Nullable Double value,
      String bound,
      Outcome outcome,
      String note) {
    Finding finding = new Finding(section, check, figure, value, bound, outcome, note);
    findings.add(finding);
    listener.accept(finding);
  }

  /** What was found so far. */
  List<Finding> findings() {
    return List.copyOf(findings);
  }

  private static String text(double value, String unit) {
    String number =
        Math.abs(value) >= 1000 || value == Math.rint(value)
            ? String.format(Locale.ROOT, "%,.0f", value)
            : String.format(Locale.ROOT, "%.3g", value);
    return unit.isEmpty() ? number : number + " " + unit;
  }
}
