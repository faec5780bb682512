package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes in network namespaces that do not reach each other for a while. Needs root and iproute2.
 */
class CutsChaosIT {
  private static final int CUTS = Integer.getInteger("troupe.chaos.cuts", 9);
  private static final long LIMIT_SECONDS = 10 * 60;

  private static String rule(int seed, String nodes, String more) {
    return "{ storm = { mtbf = 15 s, seed = %d, count = %d, apart = 8 s }, do = \"cut 6 s\", nodes = [%s]%s }%n"
        .formatted(seed, CUTS / 3, nodes, more);
  }

  @TempDir private Path folder;

  @Test
  void noStepIsCommittedTwice() throws Exception {
    Program program = new Program(folder);
    Path script = Path.of("netns/three-nodes.sh").toAbsolutePath();
    Path plan =
        Files.writeString(
            folder.resolve("cuts.conf"),
            "faults = [\n"
                + rule(3, "node-0, node-1, node-2", "")
                + rule(4, "node-1, node-0, node-2", "")
                + rule(5, "node-2, node-0", ", one-way = true")
                + "]\nstop-when-done = true\n");
    Outcome outcome;
    try (Child child =
        Child.start(
            folder,
            List.of(
                script.toString(),
                "--transport",
                "tcp",
                "--plan",
                plan.toString(),
                "--control-nodes",
                "3",
                "--out",
                folder.resolve("out").toString(),
                "cluster.data-transport=tcp"),
            Map.of("TROUPE", String.join(" ", program.command())),
            LIMIT_SECONDS)) {
      outcome = child.end();
    }
    Assumptions.assumeFalse(outcome.out().contains("skipped"), outcome.out());
    RunFiles files = new RunFiles(folder.resolve("out/runs/netns"));
    List<Long> steps = files.steps();
    int twice = steps.size() - new HashSet<>(steps).size();
    long cuts = files.events("fault-injected").size();
    Targets.add(
        "G6",
        "real cuts, one way and both: steps committed twice; bits",
        "%d in %d ends of cuts; %s"
            .formatted(twice, cuts, outcome.exitCode() == 0 ? "equal" : "DIFFERENT"),
        "0 in 50; equal",
        twice == 0 && outcome.exitCode() == 0,
        "3 nodes of 2 ranks in network namespaces, all three may coordinate, %d steps"
            .formatted(steps.size()));
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertEquals(0, twice, "steps committed twice");
  }
}
