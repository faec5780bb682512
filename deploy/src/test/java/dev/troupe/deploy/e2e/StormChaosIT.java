package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Eight worker processes on two nodes through a storm of faults. {@code -Dtroupe.chaos.faults=N}
 * and {@code -Dtroupe.chaos.mtbf=SECONDS} give other sizes than 200 faults 6 seconds apart.
 */
class StormChaosIT {
  private static final int FAULTS = Integer.getInteger("troupe.chaos.faults", 200);
  private static final int MEAN_SECONDS = Integer.getInteger("troupe.chaos.mtbf", 6);
  private static final long LIMIT_SECONDS = 35 * 60;
  private static final String PLAN =
      """
      faults = [
        {
          storm = { mtbf = %d s, seed = 7, count = %d }
          one-of = [
            kill9, kill9, kill9, kill9, kill9, kill9, kill9, kill9
            "sigstop 5 s", "sigstop 1 s", nan, corrupt
          ]
        }
      ]
      stop-when-done = true
      """;

  @TempDir private Path folder;

  @Test
  void nothingIsLost() throws Exception {
    ChaosRun run =
        ChaosRun.of(
            folder,
            "storm",
            PLAN.formatted(MEAN_SECONDS, FAULTS),
            LIMIT_SECONDS,
            List.of(
                "--nodes=2",
                "--ranks-per-node=4",
                "parallel.dp=8",
                "train.steps=1000000",
                "checkpoint.every=200",
                "integrity.every=1"));
    String sizes =
        "8 worker processes on 2 nodes, %d faults %d s apart, %d steps"
            .formatted(FAULTS, MEAN_SECONDS, run.steps());
    long lost = run.sum("steps_lost");
    long again = run.sum("steps_recomputed");
    long injected = run.sum("faults");
    Targets.add(
        "G1",
        "committed steps lost; steps computed again a fault",
        "%d; %.2f over %d faults".formatted(lost, (double) again / injected, injected),
        "0; at most 1",
        lost == 0 && again <= injected,
        sizes);
    List<Integer> widths =
        new TreeSet<>(run.files().metrics().stream().map(StormChaosIT::width).toList())
            .stream().toList();
    Targets.add(
        "G2",
        "loss bits, parameters and optimizer as undisturbed; data-parallel widths",
        (run.sameBits() ? "equal" : "DIFFERENT") + "; " + widths,
        "equal",
        run.sameBits(),
        sizes);
    double kill = ChaosRun.percentile(run.secondsOf("fault-detected", "kill9"), 99);
    double stop = ChaosRun.percentile(run.secondsOf("fault-detected", "sigstop"), 99);
    long evicted = run.sum("false_evictions") + run.report().get("unexplained_losses").getAsLong();
    Targets.add(
        "G3",
        "noticed, p99: kill -9; SIGSTOP; false evictions",
        "%s; %s; %d".formatted(Targets.seconds(kill), Targets.seconds(stop), evicted),
        "0.5 s; 3 s; 0",
        kill <= 0.5 && stop <= 3 && evicted == 0,
        sizes);
    List<Double> recovery = run.secondsOf("fault-recovered", "kill9");
    double p95 = ChaosRun.percentile(recovery, 95);
    Targets.add(
        "G4",
        "commit to commit after kill -9: median; p95",
        Targets.seconds(ChaosRun.percentile(recovery, 50)) + "; " + Targets.seconds(p95),
        "p95 at most 5 s",
        p95 <= 5,
        sizes);
    List<Long> steps = run.files().steps();
    Targets.add(
        "G9",
        "steps committed, each once and with the reference's samples",
        "%d of %d lines, losses %s"
            .formatted(steps.size(), run.steps(), run.sameBits() ? "equal" : "DIFFERENT"),
        "exactly the reference's",
        run.sameBits() && steps.size() == run.steps(),
        sizes);
    List<Double> joins = run.secondsOf("mesh-changed", "");
    double pause = ChaosRun.percentile(joins, 95);
    Targets.add(
        "G12",
        "pause when processes join, commit to commit: median; p95",
        "%s; %s of %d"
            .formatted(
                Targets.seconds(ChaosRun.percentile(joins, 50)),
                Targets.seconds(pause),
                joins.size()),
        "1 step + 1 s",
        pause <= 1.5,
        sizes);
    Targets.add(
        "G13",
        "a storm of kills and other faults",
        run.outcome().exitCode() == 0 ? "completes, hash equal" : "DID NOT HOLD",
        "completes, hash equal",
        run.outcome().exitCode() == 0,
        sizes);
    assertAll(
        () -> assertEquals(0, lost, "steps lost"),
        () -> assertTrue(run.sameBits(), run.outcome()::toString),
        () -> assertEquals(0, evicted, "false evictions"),
        () -> assertEquals(0, run.outcome().exitCode(), run.outcome()::toString));
  }

  private static int width(JsonObject line) {
    return line.get("dp").getAsInt();
  }
}
