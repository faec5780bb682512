package dev.troupe.coordinator.simulation;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each planted bug is caught, by an invariant that it breaks, in a run that is good without it. */
class PlantedBugsTest {
  private static final int SEEDS = 600;

  static Stream<Planted> bugs() {
    return Planted.all();
  }

  private static @Nullable Violation violation(long seed, Planted bug) {
    try {
      new Simulation(seed, bug.mutation()).run();
      return null;
    } catch (Violation violation) {
      return violation;
    }
  }

  @ParameterizedTest
  @MethodSource("bugs")
  void everyPlantedBugIsCaught(Planted bug, TestReporter reporter) {
    for (long seed = 0; seed < SEEDS; seed++) {
      Violation violation = violation(seed, bug);
      if (violation != null && bug.caughtBy().contains(violation.invariant())) {
        long good = seed;
        assertDoesNotThrow(() -> new Simulation(good, Mutation.none()).run());
        reporter.publishEntry(bug.name(), "seed " + seed + ": " + violation.invariant());
        return;
      }
    }
    fail("no seed below " + SEEDS + " catches: " + bug);
  }
}
