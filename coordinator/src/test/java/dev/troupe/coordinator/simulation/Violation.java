package dev.troupe.coordinator.simulation;

/** An invariant that does not hold. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1;

  private final Invariant invariant;

  Violation(Invariant invariant, String message) {
    super(invariant + " (" + invariant.text() + "): " + message);
    this.invariant = invariant;
  }

  Invariant invariant() {
    return invariant;
  }
}
