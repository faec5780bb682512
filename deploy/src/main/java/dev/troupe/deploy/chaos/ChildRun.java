package dev.troupe.deploy.chaos;

import dev.troupe.deploy.local.StopSignals;
import dev.troupe.deploy.process.JavaCommand;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/**
 * The program in a child process that writes to this one's console.
 *
 * @param program main class
 * @param arguments its arguments
 */
record ChildRun(Class<?> program, List<String> arguments) {

  /** Runs it; SIGTERM is handed on, a terminal sends Ctrl-C to both. */
  int toTheEnd(PrintWriter out) {
    out.flush();
    try {
      Process process =
          new ProcessBuilder(JavaCommand.of(program, List.of("-Xmx1g"), arguments))
              .inheritIO()
              .start();
      try (StopSignals signals =
          new StopSignals(
              signal -> {
                if (!signal.equals("SIGINT")) {
                  process.destroy();
                }
              })) {
        return process.waitFor();
      }
    } catch (IOException e) {
      throw TroupeException.resource("no child process can be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
