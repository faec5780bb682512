package dev.troupe.coordinator.simulation;

import java.util.List;

/** An invariant that does not hold. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1;

  private final Invariant invariant;

  Violation(Invariant invariant, String message) {
    super(invariant + " (" + invariant.text() + "): " + message);
    this.invariant = invariant;
  }

  private Violation(Violation cause, String message) {
    super(message, cause);
    this.invariant = cause.invariant;
  }

  /** The same, with what people need to look into it. */
  Violation in(long seed, String run, List<String> trace) {
    return new Violation(
        this,
        """
        %s
        %s
        replay: -Dtest=SimulationTest -Dtroupe.simulation.seed=%d
        %s"""
            .formatted(getMessage(), run, seed, String.join("\n", trace)));
  }

  Invariant invariant() {
    return invariant;
  }
}
