package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs over several processes: nodes, worker processes, a media driver. */
class LaunchTest {
  private static final String[] MESH = {
    "parallel.tp=2", "parallel.dp=2", "train.steps=12", "checkpoint.every=4"
  };

  @TempDir private Path folder;

  private List<String> lossesOfOneProcess(Path elsewhere) throws IOException {
    Program program = new Program(elsewhere);
    program.train(MESH).succeeded();
    return program.files().lossHex();
  }

  @Test
  void twoNodesTrainTheBitsOfOneProcess(@TempDir Path elsewhere) throws Exception {
    Program program = new Program(folder);

    program
        .run(program.launch(2, 2, MESH))
        .succeeded()
        .said("node-1")
        .said("Finished 12 steps")
        .said("next");

    assertEquals(lossesOfOneProcess(elsewhere), program.files().lossHex());
    assertEquals(List.of(), Processes.left(folder));
  }

  @Test
  void aProcessADeviceAndPlainTcpGiveTheSameBits(@TempDir Path elsewhere) throws Exception {
    Program program = new Program(folder);

    program
        .run(
            program.launch(
                2,
                2,
                MESH,
                "worker.devices-per-process=1",
                "cluster.transport=tcp",
                "cluster.shared-memory=false"))
        .succeeded();

    assertEquals(lossesOfOneProcess(elsewhere), program.files().lossHex());
  }

  @Test
  void ctrlCSavesAndTheSameCommandGoesOn(@TempDir Path elsewhere) throws Exception {
    Program program = new Program(folder);
    String[] command = program.launch(2, 2, MESH, "train.steps=400", "checkpoint.every=0");
    try (Child child = program.start(command)) {
      child.awaitLine(" 3/400");
      child.signal("INT");
      child.end().succeeded().said("Stopped after step").said("the same command again goes on");
    }
    assertEquals(List.of(), Processes.left(folder));
    long stopped = program.files().steps().getLast();
    assertTrue(stopped < 400, "stopped after " + stopped);

    long more = stopped + 4;
    program
        .run(program.launch(1, 4, MESH, "train.steps=" + more))
        .succeeded()
        .said("goes on after step " + stopped);
    assertEquals(more, program.files().steps().getLast());
  }

  @Test
  void anApiPortThatIsTakenEndsTheLaunchAndItsNodes() throws Exception {
    Program program = new Program(folder);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      program
          .run(program.launch(2, 2, MESH, "api.port=" + taken.getLocalPort()))
          .refused(Outcome.RESOURCE, "api.port");
    }
    assertEquals(List.of(), Processes.left(folder));
  }

  @Test
  void whatCannotBePlacedIsRefusedBeforeAnythingStarts() throws Exception {
    Program program = new Program(folder);
    Program.call(program.launch(3, 1, MESH))
        .refused(Outcome.USAGE, "--nodes 3 --ranks-per-node 1", "2 are needed");
    Program.call(program.launch(2, 2, MESH, "cluster.host=0.0.0.0"))
        .refused(Outcome.USAGE, "cluster.host = 0.0.0.0");
    Program.call("node", "--ranks=2").refused(Outcome.USAGE, "--seed HOST:PORT", "--control");
  }
}
