package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of each kind of process of a launched run: all others end within seconds, with a message,
 * and the same command goes on to the same result.
 */
class KilledProcessTest {
  private static final int PEER = 5;
  private static final Duration OTHERS_STOP = Duration.ofSeconds(5);
  private static final String[] JOB = {
    "parallel.tp=2", "parallel.dp=2", "train.steps=300", "checkpoint.every=5"
  };

  @TempDir private Path folder;

  @Test
  void aWorkerProcess(@TempDir Path elsewhere) throws Exception {
    kill("WorkerMain", "node=node-1", "was killed by SIGKILL").refused(PEER, "worker process");

    Program program = new Program(folder);
    program.run(program.launch(2, 2, JOB)).succeeded().said("goes on after step");
    Program undisturbed = new Program(elsewhere);
    undisturbed.train(JOB).succeeded();
    assertEquals(undisturbed.files().lossHex(), program.files().lossHex());
  }

  @Test
  void anAgent() throws Exception {
    kill("deploy.Main", "--name=node-1", "was killed by SIGKILL")
        .refused(PEER, "node node-1 is gone, with ranks 2-3");
  }

  @Test
  void theMediaDriver() throws Exception {
    kill("MediaDriverMain", "", "was killed by SIGKILL").refused(PEER, "media driver");
  }

  @Test
  void theLaunchItself() throws Exception {
    Program program = new Program(folder);
    try (Child child = program.start(program.launch(2, 2, JOB))) {
      child.awaitLine("checkpoint runs");
      List<ProcessHandle> others = Processes.below(child.handle());
      assertTrue(others.size() >= 5, "2 nodes, 2 workers and a driver: " + others);

      child.signal("KILL");

      Processes.awaitEnd(others, OTHERS_STOP);
    }
  }

  /** Kills one process of a run and returns how the run ended. */
  private Outcome kill(String main, String argument, String how)
      throws IOException, InterruptedException {
    Program program = new Program(folder);
    try (Child child = program.start(program.launch(2, 2, JOB))) {
      child.awaitLine("checkpoint runs");
      List<ProcessHandle> others = Processes.below(child.handle());
      ProcessHandle victim = Processes.one(others, main, argument);

      assertTrue(victim.destroyForcibly());

      Processes.awaitEnd(Processes.of(others, "WorkerMain"), OTHERS_STOP);
      Outcome end = child.end();
      Processes.awaitEnd(others, OTHERS_STOP);
      assertTrue(end.err().contains(how), end::toString);
      return end;
    }
  }
}
