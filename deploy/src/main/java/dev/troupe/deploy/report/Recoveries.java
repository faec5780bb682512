package dev.troupe.deploy.report;

import dev.troupe.coordinator.RunEvent;

/**
 * How often a run went on after a failure.
 *
 * @param count how often
 * @param stepsRecomputed steps that were computed again
 * @param lastSeconds from the last commit to the next one, the last time; 0 where there was none
 */
public record Recoveries(long count, long stepsRecomputed, double lastSeconds) {
  /** None yet. */
  public static final Recoveries NONE = new Recoveries(0, 0, 0);

  /** With one more, from its {@code recovered} event. */
  public Recoveries plus(RunEvent event) {
    return new Recoveries(
        count + 1,
        stepsRecomputed + Math.round(number(event, "steps_recomputed")),
        number(event, "seconds"));
  }

  private static double number(RunEvent event, String field) {
    return event.fields().get(field) instanceof Number number ? number.doubleValue() : 0;
  }

  /** {@code 2, 5 steps computed again}. */
  public String words() {
    String again =
        switch ((int) Math.min(2, stepsRecomputed)) {
          case 0 -> "no step";
          case 1 -> "1 step";
          default -> Words.count(stepsRecomputed) + " steps";
        };
    return Words.count(count) + ", " + again + " computed again";
  }
}
