package dev.troupe.deploy.launch;

import dev.troupe.deploy.process.ChildProcess;
import dev.troupe.deploy.process.ProcessEnd;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A node that this process started, here or over ssh. It ends when this process does. Thread-safe.
 */
final class NodeChild implements ChildProcess {
  private static final long END_SECONDS = 15;

  private final String name;
  private final Process process;
  private final Path log;
  private final OutputStream input;

  private NodeChild(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.input = process.getOutputStream();
  }

  /**
   * Starts a node.
   *
   * @param command what to start
   * @param secret first line that it reads; empty: none
   * @param log where its output goes
   */
  static NodeChild start(String name, List<String> command, String secret, Path log) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      NodeChild child = new NodeChild(name, process, log);
      if (!secret.isEmpty()) {
        child.input.write((secret + "\n").getBytes(StandardCharsets.US_ASCII));
        child.input.flush();
      }
      return child;
    } catch (IOException e) {
      throw TroupeException.resource(
          "%s cannot be started with %s: %s".formatted(name, command.getFirst(), e.getMessage()));
    }
  }

  @Override
  public String label() {
    return "%s (pid %d)".formatted(name, process.pid());
  }

  long pid() {
    return process.pid();
  }

  @Override
  public CompletionStage<ChildProcess.End> onEnd() {
    return process.onExit().thenApply(gone -> new ChildProcess.End(gone.exitValue(), words(gone)));
  }

  private String words(Process gone) {
    return "its process (pid %d) %s; see %s%s"
        .formatted(
            gone.pid(),
            ProcessEnd.words(gone.exitValue()),
            log,
            gone.exitValue() > 128 ? "" : ProcessEnd.lastWords(log));
  }

  /** Ends its standard input, which ends it; an ssh client hands that on. */
  void abandon() {
    try {
      input.close();
    } catch (IOException e) {
      process.destroyForcibly();
    }
  }

  /** Waits for its end, which the run's end brings about; ends it where it does not. */
  @Override
  public void close() {
    try {
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        abandon();
        if (!process.waitFor(1, TimeUnit.SECONDS)) {
          process.destroyForcibly().waitFor();
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
