package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A launched run is as wide as the nodes that there are: four, three after a loss, one, two, four.
 * Its losses and its state are, to the bit, those of a run in one process.
 */
@Timeout(240)
class WidthWalkTest {
  private static final int STEPS = 900;
  private static final String[] JOB = {
    "parallel.tp=1",
    "parallel.dp=4",
    "parallel.virtual-shards=4",
    "parallel.reduction=exact",
    "train.global-batch=8",
    "train.steps=" + STEPS,
    "checkpoint.every=0",
    "log.every=20"
  };

  @TempDir private Path folder;

  private static String width(int nodes) {
    return "dp %d x tp 1 on %d node".formatted(nodes, nodes);
  }

  @Test
  void fourThreeOneTwoFour(@TempDir Path elsewhere) throws Exception {
    Program program = new Program(folder);
    try (Child launch =
        program.start(Map.of(), List.of(), 220, program.launch(4, 1, JOB, "elastic.max-nodes=4"))) {
      launch.awaitLine(" 20/" + STEPS);
      List<ProcessHandle> all = Processes.below(launch.handle());
      assertTrue(Processes.one(all, "WorkerMain", "node=node-3").destroyForcibly());
      launch.awaitLine("dp 3 x tp 1");
      program.run("scale", "tiny", "--nodes", "1").succeeded();
      launch.awaitLine(width(1));
      program.run("scale", "tiny", "--nodes", "2").succeeded();
      launch.awaitLine(width(2));
      program.run("scale", "tiny", "--nodes", "4").succeeded();
      launch.awaitLine(width(4));
      launch
          .end()
          .succeeded()
          .said("goes to 1 node")
          .said("goes to 4 nodes (troupe scale)")
          .said("node node-2 has left")
          .said("Finished " + STEPS + " steps");
    }
    Program other = new Program(elsewhere);
    other.train(JOB).succeeded();
    assertEquals(LongStream.rangeClosed(1, STEPS).boxed().toList(), program.files().steps());
    assertEquals(other.files().lossHex(), program.files().lossHex());
    assertEquals(other.files().state(), program.files().state());
    assertEquals(List.of(), program.files().events("rolled-back"));
    assertEquals(List.of(), Processes.left(folder));
  }
}
