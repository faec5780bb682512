package dev.troupe.coordinator.state;

import static dev.troupe.coordinator.TestJobs.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.troupe.coordinator.RunEvent;
import dev.troupe.proto.config.JobConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nodes that the virtual shards leave without ranks; a node has room for two groups. */
class SparesTest {
  private static Script script(String settings) {
    return new Script(
        settings(
            JobConfig.parse(
                "run.name = test, parallel { tp = 2, dp = 2 }, train.global-batch = 4, "
                    + settings),
            1));
  }

  private static List<Map<String, Object>> spares(Script script) {
    return script.reports(RunEvent.class).stream()
        .filter(event -> event.type().equals("nodes-spare"))
        .map(RunEvent::fields)
        .toList();
  }

  @Test
  void aNodeThatJoinsAFullMeshIsToldToBeASpareOnce() {
    Script script = script("elastic.max-nodes = 3");
    script.training().join("b").prepared(1).prepared(2);
    assertEquals(List.of(Map.of("nodes", "b", "dp", 2L)), spares(script));
  }

  @Test
  void soAreNodesThatSomebodyAsksFor() {
    Script script = script("parallel.virtual-shards = 2");
    script.training().join("b").join("c").prepared(1);
    assertEquals(List.of(), spares(script), "nobody asked for more than dp");
    script.on(new Event.ScaleRequested(3, "more")).prepared(2).prepared(3);
    assertEquals(List.of(Map.of("nodes", "b, c", "dp", 2L)), spares(script));
  }

  @Test
  void nodesBeyondWhatWasAskedForAreSparesWithoutAWord() {
    Script script = script("elastic.max-nodes = 1");
    script.training().join("b").prepared(1);
    assertEquals(List.of(), spares(script));
    assertFalse(script.events().contains("regrouping"));
  }
}
