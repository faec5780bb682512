package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code troupe node}: nodes that somebody else starts, one of which coordinates. */
class NodeTest {
  private static final int PEER = 5;

  @TempDir private Path folder;

  private static String[] node(int port, String name, String... more) {
    return Stream.of(
            List.of("node", "--name=" + name, "--ranks=2"),
            List.of("cluster.transport=tcp", "cluster.port=" + port),
            List.of(more))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void theRunGoesOnWithoutANodeThatIsToldToLeaveAndIsSavedWhenTheLastOneIs() throws Exception {
    Program program = new Program(folder);
    int port = freePort();
    String[] job = controlled("train.steps=100000", "checkpoint.every=0", "log.every=1");
    try (Child control = program.start(node(port, "a", job));
        Child other = program.start(node(0, "b", "--seed=127.0.0.1:" + port))) {
      control.awaitLine(" 3/100000");

      other.signal("TERM");

      other.end().succeeded().said("SIGTERM: this node leaves").said("the run is over: drained");
      control.awaitLine("mesh 2: dp 1 x tp 2 on 1 node");
      control.awaitLine("node b has left");
      control.awaitLine("/100000");

      control.signal("TERM");

      control.end().succeeded().said("Stopped after step");
    }
    assertEquals(1, program.files().checkpointNames().stream().filter(this::isStep).count());
    assertEquals(List.of(), Processes.left(folder));
  }

  @Test
  void theDeathOfTheCoordinatorsNodeEndsTheOthers() throws Exception {
    Program program = new Program(folder);
    int port = freePort();
    String[] job = controlled("train.steps=100000", "checkpoint.every=5");
    List<ProcessHandle> all;
    try (Child first = program.start(node(port, "a", job));
        Child second = program.start(node(0, "b", with(job, "--seed=127.0.0.1:" + port)))) {
      first.awaitLine("checkpoint runs");
      all = new ArrayList<>(Processes.below(first.handle()));
      all.addAll(Processes.below(second.handle()));

      first.signal("KILL");

      second.end().refused(PEER, "the coordinator at 127.0.0.1:" + port + " is gone");
      Processes.awaitEnd(all, Duration.ofSeconds(5));
    }
    try (Child again = program.start(node(port, "a", job));
        Child other = program.start(node(0, "b", "--seed=127.0.0.1:" + port))) {
      again.awaitLine("goes on after step");
      again.awaitLine("/100000");
      again.signal("TERM");
      again.end().succeeded().said("Stopped after step");
      other.end().succeeded();
    }
    List<Long> steps = program.files().steps();
    assertEquals(LongStream.rangeClosed(1, steps.size()).boxed().toList(), steps);
  }

  private static String[] controlled(String... settings) {
    return Stream.of(
            List.of("--control", "--nodes=2", "parallel.tp=2", "parallel.dp=2"),
            Program.TINY,
            List.of(settings))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  private static String[] with(String[] some, String more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  private boolean isStep(String name) {
    return name.startsWith("step-");
  }

  @Test
  void aSeedThatDoesNotAnswerIsNamed() throws Exception {
    Program program = new Program(folder);
    int nobody = freePort();
    Outcome outcome = program.run(node(0, "b", "--seed=127.0.0.1:" + nobody, "--join-timeout=2"));
    outcome.refused(PEER, "no answer from 127.0.0.1:" + nobody, "cluster.secret-file");
    assertTrue(Processes.left(folder).isEmpty());
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      new Program(folder)
          .run(node(port, "b", "--seed=127.0.0.1:1", "--join-timeout=2"))
          .refused(Outcome.RESOURCE, "cluster.port=" + port);
    }
  }
}
