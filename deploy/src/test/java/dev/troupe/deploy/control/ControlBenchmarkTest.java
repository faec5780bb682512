package dev.troupe.deploy.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ControlBenchmarkTest {
  /** The bound is generous, for machines under load: a step that computes takes far longer. */
  @Test
  void aStepOfFourRanksCostsLessThanFiveMilliseconds() {
    ControlBenchmark.Cost cost =
        ControlBenchmark.oneNode(
            ControlJob.of(1, 4, Integer.getInteger("troupe.bench.steps", 500)));

    assertEquals(4, cost.ranks());
    assertTrue(cost.percentile(50) < 5e-3, cost.toString());
  }

  /**
   * The best of three windows counts. Where others keep all cores busy, a step's CPU time stands in
   * for its time: it is what the step takes, and more, on a machine of its own, because nothing in
   * it waits for a clock.
   */
  @Test
  void aStepOf256NodesWithEightRanksCostsTwentyMillisecondsAtMost() {
    ControlBenchmark.Cost cost = ControlBenchmark.manyNodes(ControlJob.of(256, 8, 114));

    assertEquals(2048, cost.ranks());
    assertTrue(cost.seconds().size() >= 90, cost.toString());
    double seconds = cost.bestMedian(3);
    double cpu = cost.bestCpu(3);
    assertTrue(cpu > 0, "CPU time is counted");
    assertTrue(Math.min(seconds, cpu) <= 20e-3, seconds + " s, " + cpu + " s of CPU");
  }

  @Test
  void theBestWindowIsTheOneWithTheSmallestMedian() {
    List<Double> seconds = List.of(9.0, 9.0, 9.0, 1.0, 2.0, 9.0, 4.0, 3.0, 3.0);
    ControlBenchmark.Cost cost = new ControlBenchmark.Cost(1, seconds, seconds, 0, 0);

    assertEquals(2.0, cost.bestMedian(3));
    assertEquals(10.0 / 3, cost.bestCpu(3), 1e-9);
    assertEquals(4.0, cost.percentile(50));
    assertEquals(9.0, cost.percentile(99));
  }
}
