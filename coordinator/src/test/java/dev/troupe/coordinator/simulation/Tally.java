package dev.troupe.coordinator.simulation;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many runs had what: faults that never come would prove nothing. */
final class Tally {
  private static final List<String> WANTED =
      List.of(
          "regrouping",
          "recovered",
          "node-lost",
          "rank-failed",
          "rolled-back",
          "waiting-for-nodes",
          "replica-damaged",
          "step-not-finite",
          "step-skipped",
          "checkpoint-failed",
          "checkpoint-given-up",
          "node-released",
          "scale-requested",
          "stop-requested",
          "from memory",
          "from checkpoint",
          "from initial weights",
          "taken over");

  private final Map<String, Integer> runs = new TreeMap<>();

  void add(Simulation simulation) {
    simulation.happened().forEach(what -> runs.merge(what, 1, Integer::sum));
  }

  /** In at least one run of a hundred each. */
  void assertAllHappened(int seeds) {
    for (String what : WANTED) {
      assertTrue(runs.getOrDefault(what, 0) >= seeds / 100, what + " is too rare among " + runs);
    }
  }
}
