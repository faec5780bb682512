package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code launch --hosts}, with a program in ssh's place that runs the command on this machine: what
 * ssh is given, and that the nodes it starts train and end.
 */
class SshLaunchTest {
  private static final long LIMIT_SECONDS = 90;

  @TempDir private Path folder;

  /** Another loopback address is another host, as far as addresses go. */
  @Test
  void nodesOnTwoHostsTrain(@TempDir Path elsewhere) throws Exception {
    Path calls = folder.resolve("calls");
    Path ssh =
        script(
            "ssh",
            "printf '%s\\n' \"$*\" >>'" + calls + "'",
            // As sshd does: the last argument goes to the user's shell.
            "exec bash -c \"${@: -1}\"");
    Program program = new Program(folder);
    List<String> launcher = new ArrayList<>(program.command());
    Path troupe = script("troupe", "exec " + String.join(" ", quoted(launcher)) + " \"$@\"");
    String[] command =
        program.launch(2, 2, new String[] {"parallel.tp=2", "parallel.dp=2", "train.steps=6"});
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.set(1, "--hosts=127.0.0.2,127.0.0.3"); // in the place of --nodes
    try (Child child =
        program.start(
            Map.of("TROUPE_SSH", ssh.toString()),
            List.of("-Dtroupe.launcher=" + troupe),
            LIMIT_SECONDS,
            arguments.toArray(String[]::new))) {
      child.end().succeeded().said("127.0.0.3").said("Finished 6 steps");
    }

    assertEquals(List.of(), Processes.left(folder));
    String called = Files.readString(calls);
    assertEquals(2, called.lines().count(), called);
    assertEquals(2, called.split("--secret-from-input", -1).length - 1, called);
    assertFalse(called.contains("secret-file"), called);
    Program one = new Program(elsewhere);
    one.train("parallel.tp=2", "parallel.dp=2", "train.steps=6").succeeded();
    assertEquals(one.files().lossHex(), program.files().lossHex());
  }

  private static List<String> quoted(List<String> words) {
    return words.stream().map(word -> "'" + word + "'").toList();
  }

  private Path script(String name, String... lines) throws Exception {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/usr/bin/env bash\n" + String.join("\n", lines) + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
