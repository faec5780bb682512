package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes that may coordinate, of which the one that does is killed, or stopped for a while.
 */
@Timeout(200)
class FailoverTest {
  private static final String MAIN = "dev.troupe.deploy.Main";
  private static final int STEPS = 500;
  private static final String[] JOB = {
    "parallel.tp=1",
    "parallel.dp=3",
    "parallel.reduction=exact",
    "parallel.virtual-shards=12",
    "train.steps=" + STEPS,
    "checkpoint.every=0"
  };

  /** A successor serves this long after the process that coordinated was killed. */
  private static final Duration SUCCESSION = Duration.ofSeconds(10);

  @TempDir private static Path elsewhere;
  private static RunFiles reference = new RunFiles(Path.of(""));

  @TempDir private Path folder;

  @BeforeAll
  static void trainInOneProcess() throws IOException {
    Program program = new Program(elsewhere);
    program.train(JOB).succeeded();
    reference = program.files();
  }

  private Child launch(Program program) throws IOException {
    return program.start(
        Map.of(),
        List.of(),
        180,
        program.launch(3, 1, JOB, "cluster.control-nodes=3", "elastic.max-nodes=4"));
  }

  private long coordinator() throws IOException {
    Path file = folder.resolve("runs/tiny/api.json");
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject().get("pid").getAsLong();
  }

  private static List<ProcessHandle> nodes(Child launch) {
    return Processes.of(launch.handle().children().toList(), MAIN);
  }

  /** All steps once, with the losses and the state of a run that nothing happened to. */
  private void undisturbed(Program program) throws IOException {
    assertEquals(
        LongStream.rangeClosed(1, STEPS).boxed().toList(), program.files().steps(), "steps");
    assertEquals(reference.lossHex(), program.files().lossHex());
    assertEquals(reference.state(), program.files().state());
    assertEquals(List.of(), program.files().events("rolled-back"));
    assertEquals(List.of(), Processes.left(folder));
  }

  private List<JsonObject> fromMemory(Program program) throws IOException {
    return program.files().events("mesh-planned").stream()
        .filter(event -> event.get("source").getAsString().equals("memory"))
        .toList();
  }

  @Test
  void theRunOutlivesTheNodeThatCoordinates() throws Exception {
    Program program = new Program(folder);
    try (Child launch = launch(program)) {
      launch.awaitLine(" 20/" + STEPS);
      long killed = coordinator();
      List<ProcessHandle> others =
          nodes(launch).stream().filter(node -> node.pid() != killed).toList();
      assertEquals(2, others.size());
      Instant when = Instant.now();
      assertTrue(ProcessHandle.of(killed).orElseThrow().destroyForcibly());

      launch.awaitLine("  api ");
      assertNotEquals(killed, coordinator());
      program.run("scale", "tiny", "--nodes", "4").succeeded();
      launch.awaitLine("dp 4 x tp 1 on 4 nodes");
      launch.awaitLine("" + STEPS + "/" + STEPS);
      assertTrue(others.stream().allMatch(ProcessHandle::isAlive), "the others stay");
      launch.end().succeeded().said("Finished " + STEPS + " steps");

      Instant successor =
          program.files().events("node-joined").stream()
              .map(event -> Instant.parse(event.get("time").getAsString()))
              .filter(when::isBefore)
              .findFirst()
              .orElseThrow();
      assertTrue(
          Duration.between(when, successor).compareTo(SUCCESSION) < 0, when + " " + successor);
    }
    assertFalse(fromMemory(program).isEmpty());
    undisturbed(program);
  }

  @Test
  void aCoordinatorThatWakesUpTooLateChangesNothing() throws Exception {
    Program program = new Program(folder);
    try (Child launch = launch(program)) {
      launch.awaitLine(" 20/" + STEPS);
      ProcessHandle stopped = ProcessHandle.of(coordinator()).orElseThrow();
      signal("STOP", stopped);
      launch.awaitLine("  api ");
      assertNotEquals(stopped.pid(), coordinator());
      launch.awaitLine("resume "); // its successor's first mesh
      signal("CONT", stopped);
      Processes.awaitEnd(List.of(stopped), Duration.ofSeconds(30));
      assertNotEquals(stopped.pid(), coordinator());
      launch.end().succeeded().said("Finished " + STEPS + " steps");
    }
    undisturbed(program);
  }

  private static void signal(String name, ProcessHandle process)
      throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    assertEquals(0, kill.waitFor());
  }

  @Test
  void threeThatMayCoordinateNeedThreeNodes() throws Exception {
    Program program = new Program(folder);
    program
        .run(program.launch(2, 2, JOB, "cluster.control-nodes=3"))
        .refused(Outcome.USAGE, "cluster.control-nodes = 3", "--nodes 3");
  }
}
