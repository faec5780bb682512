package dev.troupe.deploy.files;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs commands in a folder, of which {@code bin} is searched first: for commands that a test makes
 * up.
 */
record Shell(Path folder) {
  static final Path DEPLOY = Path.of("").toAbsolutePath().normalize();

  /** How a command ended, with both streams as one. */
  record Result(int exit, String out) {}

  /** Makes up a command. */
  void command(String name, String... lines) throws IOException {
    Path file = folder.resolve("bin").resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, "#!/usr/bin/env bash\n" + String.join("\n", lines) + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  Process start(Map<String, String> environment, Path out, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", folder.resolve("bin") + ":/usr/local/bin:/usr/bin:/bin");
    builder.environment().put("HOME", folder.toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    Process process = start(environment, out, List.of(command));
    return new Result(process.waitFor(), Files.readString(out));
  }

  /** Whether a command is installed on this machine. */
  static boolean has(String command) {
    return Stream.of("/usr/local/bin", "/usr/bin", "/bin")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }
}
