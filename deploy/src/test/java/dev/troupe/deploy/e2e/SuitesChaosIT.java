package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tests of other modules say in this profile, as rows of the report. */
class SuitesChaosIT {
  private static final Pattern COUNTS =
      Pattern.compile(
          "tests=\"([0-9]+)\" errors=\"([0-9]+)\" skipped=\"[0-9]+\" failures=\"([0-9]+)\"");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "G8|gpu-actor|dev.troupe.train.EveryReshard|reshard tp 1, 2, 4 by dp 1..8, all 576 pairs|tensors byte-equal",
        "G14|coordinator|dev.troupe.coordinator.simulation.SimulationTest|10,000 simulated runs: violations of invariants|0",
        "G14b|coordinator|dev.troupe.coordinator.simulation.PlantedBugsTest|planted protocol bugs that were caught|all",
        "G7b|gpu-actor|dev.troupe.checkpoint.CrashTest|a crash or a full disk at each system call of a checkpoint|the one before loads",
        "G7c|gpu-actor|dev.troupe.checkpoint.DamageTest|a flipped byte of any file of a checkpoint|noticed",
      })
  void held(String id, String module, String test, String what, String target) throws Exception {
    Path file = Path.of("..", module, "target", "surefire-reports", "TEST-" + test + ".xml");
    Assumptions.assumeTrue(Files.exists(file), file + " is not there: run the whole profile");
    Matcher matcher = COUNTS.matcher(Files.readString(file));
    assertEquals(true, matcher.find(), file::toString);
    int failed = Integer.parseInt(matcher.group(2)) + Integer.parseInt(matcher.group(3));
    Targets.add(
        id,
        what,
        "%s tests, %d failed".formatted(matcher.group(1), failed),
        target,
        failed == 0,
        test.substring(test.lastIndexOf('.') + 1));
    assertEquals(0, failed, test);
  }
}
