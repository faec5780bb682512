package dev.troupe.deploy.chaos;

import com.google.gson.JsonObject;
import dev.troupe.deploy.chaos.engine.Ledger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What came of a run under faults.
 *
 * @param planned faults of the plan
 * @param faults those that were injected
 * @param rows the same by kind
 * @param unexplained processes that were given up though nothing had hit them
 * @param skipped faults whose target was not there
 * @param exitCode how the run ended
 * @param successor whether another node can take over from a coordinator; if not, its end takes the
 *     memory of all with it, and the run goes back to its last checkpoint
 * @param comparison with the undisturbed run, where that was asked for
 */
record Verdict(
    int planned,
    List<FaultStory> faults,
    List<KindRow> rows,
    long unexplained,
    long skipped,
    int exitCode,
    boolean successor,
    Optional<Comparison> comparison) {

  /** Of a run's events. */
  static Verdict of(
      int planned,
      List<JsonObject> events,
      int exitCode,
      boolean successor,
      Optional<Comparison> comparison) {
    List<FaultStory> faults = FaultStory.of(events);
    return new Verdict(
        planned,
        faults,
        KindRow.of(faults),
        count(events, Ledger.UNEXPLAINED),
        count(events, Ledger.SKIPPED),
        exitCode,
        successor,
        comparison);
  }

  private static long count(List<JsonObject> events, String name) {
    return events.stream().filter(line -> line.get("event").getAsString().equals(name)).count();
  }

  /** All that did not hold, in words; empty where everything did. */
  List<String> failures() {
    List<String> failures = new ArrayList<>();
    if (exitCode != 0) {
      failures.add("the run ended with exit code " + exitCode);
    }
    int injected = rows.stream().mapToInt(KindRow::faults).sum();
    int refused = rows.stream().mapToInt(KindRow::refused).sum();
    add(
        failures,
        planned - injected - refused - skipped,
        "faults of the plan never struck: give the run more steps");
    add(failures, lost(), "committed steps were lost");
    add(failures, rows.stream().mapToLong(KindRow::missed).sum(), "faults were not noticed");
    add(
        failures,
        unexplained + rows.stream().mapToLong(KindRow::falseEvictions).sum(),
        "processes were given up though nothing was wrong with them");
    comparison.ifPresent(
        with -> {
          if (!with.sameLosses()) {
            failures.add(
                "the losses differ from the undisturbed run's at steps " + few(with.differing()));
          }
          if (!with.sameState()) {
            failures.add("the parameters differ from the undisturbed run's");
          }
        });
    return failures;
  }

  private long lost() {
    return faults.stream()
        .filter(fault -> successor || !fault.ofCoordinator())
        .mapToLong(FaultStory::lost)
        .sum();
  }

  private static void add(List<String> failures, long count, String what) {
    if (count > 0) {
      failures.add(count + " " + what);
    }
  }

  private static String few(List<Long> steps) {
    return steps.size() <= 5 ? steps.toString() : steps.subList(0, 5) + " and others";
  }
}
