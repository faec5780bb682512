package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A child process whose output is read as it comes, and which is killed after a minute, so that no
 * test waits for ever. Used by one thread.
 */
final class Child implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;
  private static final String INCUBATOR = "WARNING: Using incubator modules";

  private final Process process;
  private final Path errors;
  private final BufferedReader lines;
  private final StringBuilder out = new StringBuilder();

  private Child(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    this.lines = process.inputReader();
  }

  static Child start(Path folder, List<String> command) throws IOException {
    return start(folder, command, Map.of(), LIMIT_SECONDS);
  }

  /** With more variables, and another time after which it is killed. */
  static Child start(
      Path folder, List<String> command, Map<String, String> environment, long limitSeconds)
      throws IOException {
    Path errors = Files.createTempFile(folder, "stderr-", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    CompletableFuture.delayedExecutor(limitSeconds, TimeUnit.SECONDS)
        .execute(process::destroyForcibly);
    return new Child(process, errors);
  }

  /** Reads until a line has {@code part}, and returns it. */
  String awaitLine(String part) throws IOException {
    String line;
    while ((line = lines.readLine()) != null) {
      out.append(line).append('\n');
      if (line.contains(part)) {
        return line;
      }
    }
    throw new AssertionError("no line with \"%s\":\n%s%s".formatted(part, out, errors()));
  }

  /** Sends a signal, by its name without SIG. */
  void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    assertEquals(0, kill.waitFor(), "kill -" + name);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** Waits for the end. */
  Outcome end() throws IOException, InterruptedException {
    lines.lines().forEach(line -> out.append(line).append('\n'));
    return new Outcome(process.waitFor(), out.toString(), errors());
  }

  private String errors() throws IOException {
    StringBuilder text = new StringBuilder();
    Files.readAllLines(errors).stream()
        .filter(line -> !line.startsWith(INCUBATOR)) // the launcher takes it off
        .forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /** Ends it by force, where it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
  }
}
