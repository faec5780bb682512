package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of what a launched run cannot go on without: all processes end within seconds, with a
 * message, and the same command goes on to the same result.
 */
class KilledProcessTest {
  private static final int PEER = 5;
  private static final Duration OTHERS_STOP = Duration.ofSeconds(5);
  private static final String[] JOB = {
    "parallel.tp=2", "parallel.dp=2", "train.steps=150", "checkpoint.every=5"
  };

  @TempDir private Path folder;

  @Test
  void theMediaDriver() throws Exception {
    Program program = new Program(folder);
    try (Child child = program.start(program.launch(2, 2, JOB))) {
      child.awaitLine("checkpoint runs");
      List<ProcessHandle> others = Processes.below(child.handle());
      ProcessHandle victim = Processes.one(others, "MediaDriverMain", "");

      assertTrue(victim.destroyForcibly());

      Processes.awaitEnd(Processes.of(others, "WorkerMain"), OTHERS_STOP);
      Outcome end = child.end();
      Processes.awaitEnd(others, OTHERS_STOP);
      end.refused(PEER, "media driver", "was killed by SIGKILL");
    }
  }

  @Test
  void theLaunchItself(@TempDir Path elsewhere) throws Exception {
    Program program = new Program(folder);
    try (Child child = program.start(program.launch(2, 2, JOB))) {
      child.awaitLine("checkpoint runs");
      List<ProcessHandle> others = Processes.below(child.handle());
      assertTrue(others.size() >= 5, "2 nodes, 2 workers and a driver: " + others);

      child.signal("KILL");

      Processes.awaitEnd(others, OTHERS_STOP);
    }
    program.run(program.launch(2, 2, JOB)).succeeded().said("goes on after step");
    Program undisturbed = new Program(elsewhere);
    undisturbed.train(JOB).succeeded();
    assertEquals(undisturbed.files().lossHex(), program.files().lossHex());
  }
}
