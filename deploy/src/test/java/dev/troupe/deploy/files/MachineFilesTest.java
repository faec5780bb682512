package dev.troupe.deploy.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Dockerfile and the systemd unit: their structure, and what tools say where there are any. */
class MachineFilesTest {
  private static final Set<String> INSTRUCTIONS =
      Set.of("ARG", "FROM", "WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT", "CMD");

  /** A Dockerfile's instructions, comments away and continued lines joined. */
  private static List<String> instructions() throws Exception {
    String text = Files.readString(Shell.DEPLOY.resolve("docker/Dockerfile"));
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .reduce("", (all, line) -> all + line + "\n")
        .replace("\\\n", " ")
        .lines()
        .filter(line -> !line.isBlank())
        .toList();
  }

  @Test
  void theImagesAreWhatTheArchiveHoldsRunByAUserWithoutRights() throws Exception {
    List<String> all = instructions();
    for (String each : all) {
      assertTrue(INSTRUCTIONS.contains(each.split(" ", 2)[0]), each);
    }
    List<Integer> stages =
        all.stream().filter(each -> each.startsWith("FROM ")).map(all::indexOf).toList();
    assertEquals(3, stages.size());
    assertEquals("FROM ${JDK} AS build", all.get(stages.get(0)));
    assertEquals("FROM ${CUDA} AS cuda", all.get(stages.get(1)));
    assertEquals("FROM ${BASE} AS cpu", all.get(stages.get(2)));
    assertTrue(
        all.subList(stages.get(0), stages.get(1)).stream()
            .anyMatch(s -> s.contains("./troupe dist --out")));
    for (List<String> stage :
        List.of(
            all.subList(stages.get(1), stages.get(2)), all.subList(stages.get(2), all.size()))) {
      assertTrue(stage.contains("USER 10001:10001"), stage.toString());
      assertTrue(stage.contains("ENTRYPOINT [\"/opt/troupe/bin/troupe\"]"), stage.toString());
      assertEquals(
          List.of("COPY --from=build /opt/troupe /opt/troupe"),
          stage.stream().filter(each -> each.startsWith("COPY")).toList());
    }
  }

  @Test
  void whatABuildCopiesIsThere() throws Exception {
    Path root = Shell.DEPLOY.resolveSibling(".");
    for (String each : instructions()) {
      String[] words = each.split(" ", -1);
      if (words[0].equals("COPY") && !words[1].startsWith("--")) {
        for (String source : List.of(words).subList(1, words.length - 1)) {
          assertTrue(Files.exists(root.resolve(source)), each);
        }
      }
    }
    List<String> ignored = Files.readAllLines(root.resolve(".dockerignore"));
    assertTrue(ignored.containsAll(List.of(".git", "**/target", "**/secrets.env")));
  }

  @Test
  void theUnitDrainsAndIsHeldIn() throws Exception {
    List<String> unit = Files.readAllLines(Shell.DEPLOY.resolve("systemd/troupe-node@.service"));
    for (String line :
        List.of(
            "Type=exec",
            "Restart=on-failure",
            "KillSignal=SIGTERM",
            "KillMode=mixed",
            "TimeoutStopSec=150",
            "LimitMEMLOCK=infinity",
            "EnvironmentFile=/etc/troupe/%i.env",
            "NoNewPrivileges=yes",
            "ProtectSystem=strict")) {
      assertTrue(unit.contains(line), line);
    }
    // A JVM writes code into memory and runs it.
    assertFalse(unit.stream().anyMatch(line -> line.startsWith("MemoryDenyWriteExecute")));
  }

  @Test
  void systemdUnderstandsTheUnit(@TempDir Path folder) throws Exception {
    assumeTrue(Shell.has("systemd-analyze"), "needs systemd-analyze");
    Path unit = folder.resolve("troupe-node@main.service");
    Files.writeString(
        unit,
        Files.readString(Shell.DEPLOY.resolve("systemd/troupe-node@.service"))
            .replace("/opt/troupe/bin/troupe", "/bin/true"));
    Shell.Result result =
        new Shell(folder).run(Map.of(), "systemd-analyze", "verify", "--man=no", unit.toString());
    assertEquals(0, result.exit(), result.out());
    assertEquals("", result.out());
  }
}
