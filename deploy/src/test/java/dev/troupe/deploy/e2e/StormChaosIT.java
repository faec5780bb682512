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
 * Eight worker processes on two nodes through storms of faults. {@code -Dtroupe.chaos.faults=N}
 * gives another number than 204 for the longest one.
 */
class StormChaosIT {
  private static final int FAULTS = Integer.getInteger("troupe.chaos.faults", 204);
  private static final int KILLS = Math.max(2, FAULTS / 16);
  private static final int OVERLAPPING = Math.max(3, FAULTS / 5);
  private static final long LIMIT_SECONDS = 30 * 60;

  /** Flipped bits are IntegrityChaosIT's: a device that is hit twice is not used any more. */
  private static final String ALL =
      """
      kill9, kill9, kill9, kill9, kill9, kill9, kill9
      "sigstop 5 s", "sigstop 1 s", nan, corrupt
      """;

  @TempDir private Path folder;

  private ChaosRun storm(String name, String settings, String actions) throws Exception {
    String plan =
        "faults = [ { storm = { %s }, one-of = [ %s ] } ]%nstop-when-done = true"
            .formatted(settings, actions);
    return ChaosRun.of(
        folder,
        name,
        plan,
        LIMIT_SECONDS,
        List.of(
            "--nodes=2",
            "--ranks-per-node=4",
            "parallel.dp=8",
            "train.steps=1000000",
            "checkpoint.every=20",
            "integrity.every=1"));
  }

  private static String sizes(ChaosRun run, String when) {
    return "8 worker processes on 2 nodes, %d faults %s, %d steps"
        .formatted(run.sum("faults"), when, run.steps());
  }

  /** The next fault strikes when the one before is over, whether or not all ranks are back. */
  @Test
  void nothingIsLostByAnyFault() throws Exception {
    ChaosRun run =
        storm("storm", "mtbf = 2 s, seed = 7, count = %d, apart = 200 ms".formatted(FAULTS), ALL);
    String sizes = sizes(run, "one after the other");
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
    Targets.add(
        "G2",
        "loss bits, parameters and optimizer as undisturbed; data-parallel widths",
        (run.sameBits() ? "equal" : "DIFFERENT") + "; " + widths(run),
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
    List<Long> steps = run.files().steps();
    Targets.add(
        "G9",
        "steps committed, each once and with the reference's samples",
        "%d of %d lines, losses %s"
            .formatted(steps.size(), run.steps(), run.sameBits() ? "equal" : "DIFFERENT"),
        "exactly the reference's",
        run.sameBits() && steps.size() == run.steps(),
        sizes);
    assertAll(
        () -> assertEquals(0, lost, "steps lost"),
        () -> assertTrue(run.sameBits(), run.outcome()::toString),
        () -> assertEquals(run.steps(), steps.size(), "lines of metrics"),
        () -> assertEquals(0, evicted, "false evictions"));
  }

  /** All processes are there, and have been for a while, when one of them is killed. */
  @Test
  void aWholeMeshGoesOnSoon() throws Exception {
    ChaosRun run =
        storm("kills", "mtbf = 1 s, seed = 11, count = %d, apart = 13 s".formatted(KILLS), "kill9");
    String sizes = sizes(run, "on a whole mesh");
    List<Double> recovery = run.secondsOf("fault-recovered", "kill9");
    double p95 = ChaosRun.percentile(recovery, 95);
    Targets.add(
        "G4",
        "commit to commit after kill -9: median; p95",
        Targets.seconds(ChaosRun.percentile(recovery, 50)) + "; " + Targets.seconds(p95),
        "p95 at most 5 s",
        p95 <= 5,
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
    assertAll(
        () -> assertEquals(0, run.sum("steps_lost"), "steps lost"),
        () -> assertTrue(run.sameBits(), run.outcome()::toString));
  }

  /**
   * Faults strike whatever is under way: a rank and the only copy of its state may both be lost,
   * and then the run goes back to its checkpoint.
   */
  @Test
  void faultsThatOverlapChangeNothing() throws Exception {
    ChaosRun run =
        storm("overlap", "mtbf = 5 s, seed = 13, count = %d".formatted(OVERLAPPING), ALL);
    Targets.add(
        "G13",
        "a Poisson storm: bits; steps of lost copies computed again",
        "%s; %d"
            .formatted(
                run.sameBits() ? "completes, equal" : "DIFFERENT", run.sum("steps_recomputed")),
        "completes, hash equal",
        run.sameBits(),
        sizes(run, "5 s apart, overlapping, widths " + widths(run)));
    assertTrue(run.sameBits(), run.outcome()::toString);
  }

  private static List<Integer> widths(ChaosRun run) throws Exception {
    return List.copyOf(
        new TreeSet<>(run.files().metrics().stream().map(StormChaosIT::width).toList()));
  }

  private static int width(JsonObject line) {
    return line.get("dp").getAsInt();
  }
}
