package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole nodes die, lose their agent, and hang; and each moment of a step is killed at. The run
 * waits for what was lost to come back, so that each fault finds two nodes that can hold copies.
 */
class NodeChaosIT {
  private static final long LIMIT_SECONDS = 10 * 60;
  private static final String PLAN =
      """
      faults = [
        { at = { step = 30, phase = computing }, do = kill9, node = node-1 }
        { at = { step = 230, phase = prepared }, do = kill9, rank = 1 }
        { at = { step = 330, phase = journalled }, do = kill9, rank = 0 }
        { at = { step = 430, phase = committed }, do = kill9, rank = 1 }
        { at = { step = 530 }, do = kill9, agent = node-0 }
        { at = { step = 730 }, do = "sigstop 5 s", node = node-1 }
        { at = { step = 930 }, do = "sigstop 1 s", node = node-0 }
      ]
      """;

  @TempDir private Path folder;

  @Test
  void theOtherNodeHasAllThatIsNeeded() throws Exception {
    ChaosRun run =
        ChaosRun.of(
            folder,
            "nodes",
            PLAN,
            LIMIT_SECONDS,
            List.of(
                "--nodes=2",
                "--ranks-per-node=1",
                "parallel.dp=2",
                "elastic.min-nodes=2",
                "train.steps=1000",
                "checkpoint.every=0"));
    Targets.add(
        "G1b",
        "nodes, agents and ranks killed or hung at each moment of a step: steps lost; again; bits",
        "%d; %d over %d faults; %s"
            .formatted(
                run.sum("steps_lost"),
                run.sum("steps_recomputed"),
                run.sum("faults"),
                run.sameBits() ? "equal" : "DIFFERENT"),
        "0; at most 1 a fault; equal",
        run.outcome().exitCode() == 0,
        "2 nodes of 1 process, no checkpoint before the end, 1,000 steps");
    assertEquals(0, run.sum("steps_lost"), run.outcome()::toString);
    assertEquals(0, run.outcome().exitCode(), run.outcome()::toString);
  }
}
