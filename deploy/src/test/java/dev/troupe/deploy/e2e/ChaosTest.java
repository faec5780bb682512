package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code troupe chaos}, short. */
class ChaosTest {
  private static final long LIMIT_SECONDS = 240;

  @TempDir private Path folder;

  @Test
  void aKillADamagedCheckpointAndAFullDiskLeaveTheBitsAlone() throws Exception {
    ChaosRun run =
        ChaosRun.of(
            folder,
            "short",
            """
            faults = [
              { at = { step = 10, phase = checkpoint-rename }, do = enospc }
              { at = { step = 15, phase = prepared }, do = kill9, rank = 1 }
              { at = { step = 35 }, do = corrupt }
            ]
            """,
            LIMIT_SECONDS,
            List.of(
                "--nodes=2",
                "--ranks-per-node=1",
                "parallel.dp=2",
                "train.steps=50",
                "checkpoint.every=10"));
    assertEquals(0, run.outcome().exitCode(), run.outcome()::toString);
    run.outcome().said("Everything held.");
    assertTrue(run.sameBits(), run.outcome()::toString);
    assertEquals(3, run.sum("faults"));
    assertEquals(0, run.sum("missed"));
    assertEquals(0, run.sum("steps_lost"));
    assertEquals(List.of(), Processes.left(folder));
  }

  @Test
  void mistakesAreToldBeforeAnythingStarts() throws Exception {
    Path plan = Files.writeString(folder.resolve("plan.conf"), "faults = [ { do = kill9 } ]");
    Program.call("chaos", plan.toString()).refused(Outcome.USAGE, "plan.conf:1", "storm");
    Program.call("chaos", folder.resolve("none.conf").toString())
        .refused(Outcome.USAGE, "none.conf", "--help");
    Files.writeString(plan, "faults = [ { at = { step = 1 }, do = kill9 } ]");
    Program.call(Program.tiny("chaos.plan=" + plan)).refused(Outcome.USAGE, "./troupe chaos");
    Program.call("node", "--control", "chaos.plan=" + plan)
        .refused(Outcome.USAGE, "--allow-faults");
  }
}
