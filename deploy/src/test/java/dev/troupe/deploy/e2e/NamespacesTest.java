package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code deploy/netns/three-nodes.sh}: three hosts as far as the network goes, a stranger that is
 * refused, and the bits of one process. Needs root and iproute2.
 */
class NamespacesTest {
  private static final long LIMIT_SECONDS = 240;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"aeron-udp, tcp", "tls-tcp, aeron-udp"})
  void threeHostsTrain(String transport, String data) throws Exception {
    Program program = new Program(folder);
    Path script = Path.of("netns/three-nodes.sh").toAbsolutePath();
    assertTrue(Files.isExecutable(script), "tests run in the folder deploy: " + script);
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of("--transport", transport, "--out", folder.resolve("out").toString()));
    command.add("cluster.data-transport=" + data);
    Outcome outcome;
    try (Child child =
        Child.start(
            folder,
            command,
            Map.of("TROUPE", String.join(" ", program.command())),
            LIMIT_SECONDS)) {
      outcome = child.end();
    }
    Assumptions.assumeFalse(outcome.out().contains("skipped"), outcome.out());
    assertEquals(0, outcome.exitCode(), outcome::toString);
    outcome
        .said("refused: troupe: no answer")
        .said("three-nodes: " + transport + ": 40 steps over 3 hosts with the bits of one process");
  }
}
