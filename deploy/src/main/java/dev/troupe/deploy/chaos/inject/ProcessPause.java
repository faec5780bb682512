package dev.troupe.deploy.chaos.inject;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Stops processes and lets them go on. A shell does both, which is not stopped itself: so the
 * calling process can be among them, and they go on even if it has ended meanwhile.
 */
public final class ProcessPause {
  private static final String SCRIPT =
      "seconds=$1; shift; kill -STOP \"$@\"; sleep \"$seconds\"; kill -CONT \"$@\" 2>/dev/null";

  private ProcessPause() {}

  /**
   * Begins a pause; returns at once.
   *
   * @param pids the processes
   * @param seconds how long
   * @return why not; empty where it has begun
   */
  public static String start(List<Long> pids, double seconds) {
    List<String> command = new ArrayList<>(List.of("sh", "-c", SCRIPT, "troupe-pause"));
    command.add(String.format(Locale.ROOT, "%.3f", seconds));
    pids.forEach(pid -> command.add(Long.toString(pid)));
    try {
      new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .getOutputStream()
          .close();
      return "";
    } catch (IOException e) {
      return "no shell to stop processes with: " + e.getMessage();
    }
  }
}
