package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gradients that are not numbers, flipped bits, a rank that is slow. */
class IntegrityChaosIT {
  private static final long LIMIT_SECONDS = 10 * 60;
  private static final int STEPS = 820;

  /** Long after the last mesh began: processes are compiled by then, and their times count. */
  private static final int SLOW = 700;

  @TempDir private Path folder;

  /**
   * Each device is hit once: one whose numbers are damaged again and again is not used any more.
   */
  private static String plan() {
    StringBuilder faults = new StringBuilder("faults = [\n");
    for (int i = 0; i < 8; i++) {
      faults.append(
          "{ at = { step = %d }, do = %s, rank = %d }%n"
              .formatted(30 + 30 * i, i % 2 == 0 ? "bitflip" : "nan", i / 2));
    }
    faults.append("{ at = { step = %d }, do = \"slow 3x 40 steps\", rank = 1 }%n".formatted(SLOW));
    return faults.append("]\n").toString();
  }

  @Test
  void damageIsNoticedAndNeverCommitted() throws Exception {
    ChaosRun run =
        ChaosRun.of(
            folder,
            "integrity",
            plan(),
            LIMIT_SECONDS,
            List.of(
                "--nodes=2",
                "--ranks-per-node=2",
                "parallel.dp=4",
                "model.hidden=128",
                "model.ffn=256",
                "model.layers=3",
                "train.steps=" + STEPS,
                "checkpoint.every=0",
                "integrity.every=1"));
    List<JsonObject> injected = run.files().events("fault-injected");
    long flips = count(injected, "bitflip");
    long nans = count(injected, "nan");
    List<JsonObject> damaged = run.files().events("replica-damaged");
    boolean named = flips > 0 && damaged.size() == flips && latest(injected, damaged) <= 1;
    String sizes = "4 processes, %d steps".formatted(STEPS);
    Targets.add(
        "G10",
        "not finite: committed; bit flips: noticed and the rank named, steps until then",
        "0 of %d, bits %s; %d of %d, at most %d"
            .formatted(
                nans,
                run.sameBits() ? "equal" : "DIFFERENT",
                damaged.size(),
                flips,
                latest(injected, damaged)),
        "0; all, at most 1",
        run.sameBits() && named,
        sizes);
    List<JsonObject> stragglers = run.files().events("straggler");
    long right =
        stragglers.stream()
            .filter(line -> line.get("rank").getAsInt() == 1)
            .filter(line -> line.get("step").getAsLong() >= SLOW)
            .filter(line -> line.get("step").getAsLong() <= SLOW + 20)
            .count();
    long wrong =
        stragglers.stream()
            .filter(
                line ->
                    line.get("rank").getAsInt() != 1
                        || line.get("step").getAsLong() < SLOW
                        || line.get("step").getAsLong() > SLOW + 45)
            .count();
    Targets.add(
        "G11",
        "a rank three times as slow: named within 20 steps; named wrongly",
        "%s; %d".formatted(right > 0 ? "yes" : "NO", wrong),
        "yes; 0",
        right > 0 && wrong == 0,
        sizes + ", cores shared");
    assertAll(
        () -> assertEquals(flips, damaged.size(), "bit flips named"),
        () -> assertEquals(true, run.sameBits(), run.outcome()::toString));
  }

  private static long count(List<JsonObject> injected, String kind) {
    return injected.stream().filter(line -> line.get("kind").getAsString().equals(kind)).count();
  }

  /** Most steps from a flip to the step at which its rank was named. */
  private static long latest(List<JsonObject> injected, List<JsonObject> damaged) {
    List<Long> flips = new ArrayList<>();
    injected.stream()
        .filter(line -> line.get("kind").getAsString().equals("bitflip"))
        .forEach(line -> flips.add(line.get("step").getAsLong()));
    long most = 0;
    for (int i = 0; i < Math.min(flips.size(), damaged.size()); i++) {
      most = Math.max(most, damaged.get(i).get("step").getAsLong() - flips.get(i));
    }
    return most;
  }
}
