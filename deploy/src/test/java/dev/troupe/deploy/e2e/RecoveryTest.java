package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes of a launched run die, stand still, come and go: the run goes on, processes that were
 * not hit stay, and every step's loss is that of the run that was never disturbed, to the bit.
 */
class RecoveryTest {
  private static final int STEPS = 700;
  private static final long PATIENCE = 180;
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String[] JOB = {
    "parallel.tp=2", "parallel.dp=2", "train.steps=" + STEPS, "checkpoint.every=50", "log.every=20"
  };

  @TempDir private static Path undisturbed;
  private static RunFiles reference = new RunFiles(Path.of(""));

  @TempDir private Path folder;

  @BeforeAll
  static void trainWithoutAFault() throws IOException {
    Program program = new Program(undisturbed);
    program.train(JOB).succeeded();
    reference = program.files();
  }

  private interface Fault {
    void on(Program program, Child child, List<ProcessHandle> all) throws Exception;
  }

  /** Runs the job on two nodes, with faults once it trains; the outcome must be as without. */
  private Outcome survives(Fault fault) throws Exception {
    Program program = new Program(folder);
    Outcome outcome;
    try (Child child = program.start(Map.of(), List.of(), PATIENCE, program.launch(2, 2, JOB))) {
      child.awaitLine("20/" + STEPS);
      fault.on(program, child, Processes.below(child.handle()));
      outcome = child.end();
    }
    assertEquals(0, outcome.exitCode(), outcome::toString);
    assertEquals(
        LongStream.rangeClosed(1, STEPS).boxed().toList(),
        program.files().steps(),
        "each step once");
    assertEquals(reference.lossHex(), program.files().lossHex());
    assertEquals(reference.state(), program.files().state());
    assertEquals(List.of(), Processes.left(folder));
    return outcome;
  }

  private static void assertAlive(List<ProcessHandle> all, List<ProcessHandle> gone) {
    for (ProcessHandle process : all) {
      assertEquals(!gone.contains(process), process.isAlive(), () -> "process " + process.pid());
    }
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    assertEquals(0, kill.waitFor());
  }

  private static void pause(double seconds) {
    CompletableFuture.runAsync(
            () -> {},
            CompletableFuture.delayedExecutor(Math.round(seconds * 1e3), TimeUnit.MILLISECONDS))
        .join();
  }

  @Test
  void workerProcessesThatAreKilledOrStandStill() throws Exception {
    Outcome outcome =
        survives(
            (program, child, all) -> {
              ProcessHandle killed = Processes.one(all, "WorkerMain", "node=node-1");
              assertTrue(killed.destroyForcibly());
              child.awaitLine("dp 1 x tp 2 on 1 node");
              child.awaitLine("dp 2 x tp 2 on 2 nodes");
              assertAlive(all, List.of(killed));
              assertEquals(1, program.files().events("recovered").size());
              int regroupings = program.files().events("regrouping").size();

              ProcessHandle stopped = Processes.one(all, "WorkerMain", "node=node-0");
              signal("STOP", stopped);
              pause(1);
              signal("CONT", stopped);
              pause(1);
              assertEquals(
                  regroupings, program.files().events("regrouping").size(), "a short pause");

              signal("STOP", stopped);
              child.awaitLine("dp 1 x tp 2 on 1 node");
              child.awaitLine("dp 2 x tp 2 on 2 nodes");
              assertAlive(all, List.of(killed, stopped));
            });
    outcome.said("was killed by SIGKILL").said("no sign of life").said("recoveries");
    assertFalse(outcome.out().contains("goes back"), outcome::toString);
  }

  @Test
  void nodesThatAreKilledOrDrained() throws Exception {
    survives(
            (program, child, all) -> {
              ProcessHandle killed = Processes.one(all, "deploy.Main", "--name=node-1");
              List<ProcessHandle> its = killed.descendants().toList();
              assertTrue(killed.destroyForcibly());
              child.awaitLine("dp 1 x tp 2 on 1 node");
              Processes.awaitEnd(its, LIMIT);
              child.awaitLine("dp 2 x tp 2 on 2 nodes");
              assertAlive(all, Stream.concat(its.stream(), Stream.of(killed)).toList());

              List<ProcessHandle> now = Processes.below(child.handle());
              ProcessHandle drained = Processes.one(now, "deploy.Main", "--name=node-1");
              program.run("drain", "node-1", "tiny").succeeded();
              child.awaitLine("dp 1 x tp 2 on 1 node");
              Processes.awaitEnd(List.of(drained), LIMIT);
            })
        .said("node node-1 is lost")
        .said("node node-1 joined")
        .said("node node-1 leaves (troupe drain)")
        .said("node node-1 has left");
    assertEquals(List.of(), new Program(folder).files().events("rolled-back"));
  }
}
