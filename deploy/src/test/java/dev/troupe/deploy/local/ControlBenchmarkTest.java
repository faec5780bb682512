package dev.troupe.deploy.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ControlBenchmarkTest {
  /** The bound is generous, for machines under load: a step that computes takes far longer. */
  @Test
  void aStepOfFourRanksCostsLessThanFiveMilliseconds() {
    ControlBenchmark.Cost cost =
        ControlBenchmark.run(
            TestJobs.job(4, 1, Integer.getInteger("troupe.bench.steps", 500), 0, 0));

    assertEquals(4, cost.ranks());
    assertTrue(cost.p50Micros() < 5_000, cost.toString());
  }
}
