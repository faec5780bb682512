package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operation on a checkpoint fails once, a rank dies at one, checkpoints are damaged. */
class CheckpointChaosIT {
  private static final long LIMIT_SECONDS = 10 * 60;
  private static final String PLAN =
      """
      faults = [
        { at = { step = 20, phase = checkpoint-write }, do = enospc, rank = 0 }
        { at = { step = 40, phase = checkpoint-begin }, do = enospc }
        { at = { step = 60, phase = checkpoint-manifest }, do = enospc }
        { at = { step = 80, phase = checkpoint-rename }, do = enospc }
        { at = { step = 100, phase = checkpoint-latest }, do = enospc }
        { at = { step = 120, phase = checkpoint-write }, do = crash, rank = 1 }
        { at = { step = 190 }, do = corrupt }
        { at = { step = 230 }, do = corrupt }
      ]
      """;

  @TempDir private Path folder;

  @Test
  void trainingSurvives() throws Exception {
    ChaosRun run =
        ChaosRun.of(
            folder,
            "checkpoints",
            PLAN,
            LIMIT_SECONDS,
            List.of(
                "--nodes=2",
                "--ranks-per-node=1",
                "parallel.dp=2",
                "train.steps=260",
                "checkpoint.every=20"));
    List<JsonObject> published = run.files().events("checkpoint");
    Targets.add(
        "G7",
        "training through full disks, a crash and flipped bytes at a checkpoint's operations",
        "%d of 8 faults noticed, %d checkpoints published, bits %s"
            .formatted(
                run.sum("due") - run.sum("missed"),
                published.size(),
                run.sameBits() ? "equal" : "DIFFERENT"),
        "all noticed, training survives",
        run.outcome().exitCode() == 0,
        "2 processes, 260 steps; a crash at every single operation: CrashTest; any byte: DamageTest");
    assertEquals(0, run.outcome().exitCode(), run.outcome()::toString);
  }
}
