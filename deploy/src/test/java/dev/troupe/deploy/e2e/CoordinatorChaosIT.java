package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process that coordinates is killed again and again; two others keep the journal. */
class CoordinatorChaosIT {
  private static final int FAULTS = Integer.getInteger("troupe.chaos.coordinator-faults", 10);
  private static final long LIMIT_SECONDS = 12 * 60;

  @TempDir private Path folder;

  @Test
  void anotherOneTakesOver() throws Exception {
    ChaosRun run =
        ChaosRun.of(
            folder,
            "coordinator",
            """
            faults = [ { storm = { mtbf = 5 s, seed = 5, count = %d, apart = 10 s }, do = kill-coordinator } ]
            stop-when-done = true
            """
                .formatted(FAULTS),
            LIMIT_SECONDS,
            List.of(
                "--nodes=3",
                "--ranks-per-node=1",
                "cluster.control-nodes=3",
                "parallel.dp=3",
                "train.steps=1000000",
                "checkpoint.every=500"));
    double p95 = run.seconds("kill-coordinator", "recovery_seconds", "p95");
    long lost = run.sum("steps_lost");
    Targets.add(
        "G5",
        "commit to commit after the coordinator's kill -9: p95; steps lost",
        Targets.seconds(p95) + "; " + lost,
        "at most 10 s; 0",
        p95 <= 10 && lost == 0 && run.sameBits(),
        "3 control nodes, all there at each of %d kills, %d steps, bits %s"
            .formatted(FAULTS, run.steps(), run.sameBits() ? "equal" : "DIFFERENT"));
    assertEquals(0, lost, "steps lost");
    assertEquals(true, run.sameBits(), run.outcome()::toString);
    assertEquals(0, run.outcome().exitCode(), run.outcome()::toString);
  }
}
