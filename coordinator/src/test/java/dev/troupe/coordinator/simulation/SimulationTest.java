package dev.troupe.coordinator.simulation;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunResult.Outcome;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * The whole control protocol under seeded faults: nodes, workers and coordinators that are killed
 * and stopped, networks that are cut, damaged memory and checkpoints, full disks, requests of
 * people. {@link Ledger} checks the invariants wherever something happens.
 *
 * <p>{@code -Dtroupe.simulation.seeds=N} runs the seeds below N; {@code -Dtroupe.simulation.seed=S}
 * runs one, to look into a failure.
 */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("troupe.simulation.seeds", 1_000);
  private static final int SHOWN = 10;
  private static final Long ONE = Long.getLong("troupe.simulation.seed");

  @Test
  void noSeedBreaksAnInvariant() {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    Tally tally = new Tally();
    long[] seeds = ONE != null ? new long[] {ONE} : LongStream.range(0, SEEDS).toArray();
    List<Executable> failures = new ArrayList<>();
    for (long seed : seeds) {
      Simulation simulation = new Simulation(seed, Mutation.none());
      try {
        RunResult result = simulation.run();
        outcomes.merge(result.outcome(), 1, Integer::sum);
        tally.add(simulation);
      } catch (AssertionError failure) {
        failures.add(
            () -> {
              throw failure;
            });
      }
    }
    assertAll(failures.stream().limit(SHOWN));

    if (ONE == null) {
      tally.assertAllHappened(SEEDS);
      assertTrue(
          outcomes.getOrDefault(Outcome.COMPLETED, 0) > SEEDS * 2 / 3,
          "most runs complete: " + outcomes);
    }
  }

  @Test
  void theSameSeedGivesTheSameTrace() {
    for (long seed = 0; seed < 20; seed++) {
      Simulation first = new Simulation(seed, Mutation.none(), Integer.MAX_VALUE);
      Simulation second = new Simulation(seed, Mutation.none(), Integer.MAX_VALUE);

      assertEquals(first.run(), second.run());
      assertEquals(first.trace(), second.trace(), "seed " + seed);
    }
  }
}
