package dev.troupe.deploy.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.coordinator.RunEvent;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventWordsTest {
  private static String words(String type, Map<String, Object> fields) {
    return EventWords.of(new RunEvent(type, RunEvent.Severity.INFO, fields));
  }

  @Test
  void whatHappensToNodesIsAPlainLine() {
    assertEquals(
        "node b joined with 2 devices", words("node-joined", Map.of("node", "b", "devices", 2L)));
    assertEquals("node b is lost", words("node-lost", Map.of("node", "b", "why", "")));
    assertEquals(
        "node b is lost: cut off", words("node-lost", Map.of("node", "b", "why", "cut off")));
    assertEquals(
        "node b leaves (SIGTERM)",
        words("drain-requested", Map.of("node", "b", "reason", "SIGTERM")));
    assertEquals(
        "goes to 1 node (night)", words("scale-requested", Map.of("nodes", 1L, "reason", "night")));
    assertEquals(
        "spare: c, d; the data-parallel width is 2, and parallel.virtual-shards allows no more;"
            + " start the run again with a greater one to use them",
        words("nodes-spare", Map.of("nodes", "c, d", "dp", 2L)));
  }

  @Test
  void soIsWhatHappensToSteps() {
    assertEquals(
        "goes on after 0.9 s, no step computed again",
        words("recovered", Map.of("seconds", 0.93, "steps_recomputed", 0L)));
    assertEquals(
        "goes on after 2.0 s, 1,200 steps computed again",
        words("recovered", Map.of("seconds", 2.0, "steps_recomputed", 1200L)));
    assertEquals(
        "rank 3 on node b takes 2.1 times as long as the others",
        words("straggler", Map.of("rank", 3L, "node", "b", "ratio", 2.08)));
    assertEquals(
        "the numbers of rank 3 on node b are damaged (not for the first time)",
        words("replica-damaged", Map.of("rank", 3L, "node", "b", "persistent", "yes")));
    assertEquals(
        "step 7 is not finite: its loss is NaN, its gradient norm 2.5",
        words("step-not-finite", Map.of("step", 7L, "loss", Double.NaN, "grad_norm", 2.5)));
  }

  @Test
  void anEventWithoutWordsOfItsOwnIsToldByItsFields() {
    assertEquals(
        "checkpoint failed, step 20: the disk is full",
        words("checkpoint-failed", Map.of("step", 20L, "message", "the disk is full")));
  }
}
