package dev.troupe.deploy.chaos.plan;

import java.nio.file.Path;
import java.util.List;

/**
 * A plan of faults.
 *
 * @param rules the faults
 * @param reference what the run's end is compared with
 * @param stopWhenDone whether the run is to end once the last fault is over
 */
public record ChaosPlan(List<Rule> rules, Reference reference, boolean stopWhenDone) {
  /** Copies the list. */
  public ChaosPlan {
    rules = List.copyOf(rules);
  }

  /** What the run's end is compared with. */
  public sealed interface Reference {
    /** Nothing. */
    record None() implements Reference {}

    /** An undisturbed run of the same job, which is made. */
    record Made() implements Reference {}

    /**
     * An undisturbed run of the same job that is there.
     *
     * @param folder its folder
     */
    record Given(Path folder) implements Reference {}
  }

  /** How many faults it comes to. */
  public int count() {
    return rules.stream().mapToInt(Rule::count).sum();
  }
}
