package dev.troupe.coordinator.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunResult.Outcome;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The protocol under a seeded network: messages of one sender to one receiver keep their order, as
 * between actors; all else is shuffled, delayed, doubled and mixed with messages of other epochs.
 * {@link Simulation} checks the invariants (I1, I2, I3, I5, I6) at every step.
 */
class SimulationTest {
  private static final int SEEDS = 1_000;

  @Test
  void everyRunEndsAndKeepsTheInvariants() {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (long seed = 0; seed < SEEDS; seed++) {
      RunResult result = new Simulation(seed).run();
      outcomes.merge(result.outcome(), 1, Integer::sum);
    }

    // All ways to end are reached, so the seeds do test them.
    assertEquals(Outcome.values().length, outcomes.size(), outcomes.toString());
    assertTrue(
        outcomes.values().stream().allMatch(count -> count > SEEDS / 50), outcomes.toString());
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    for (long seed = 0; seed < 20; seed++) {
      Simulation first = new Simulation(seed);
      Simulation second = new Simulation(seed);

      assertEquals(first.run(), second.run());
      assertEquals(first.history(), second.history());
    }
  }
}
