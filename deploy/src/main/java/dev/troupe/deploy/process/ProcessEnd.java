package dev.troupe.deploy.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How a child process ended, in words. */
public final class ProcessEnd {
  private static final int SIGNALS = 128;
  private static final int LAST_LINES = 5;
  private static final Map<Integer, String> NAMES =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 6, "SIGABRT", 7, "SIGBUS", 9, "SIGKILL", 11, "SIGSEGV", 15,
          "SIGTERM");

  private ProcessEnd() {}

  /** {@code was killed by SIGKILL} or {@code ended with exit code 70}. */
  public static String words(int exitCode) {
    if (exitCode <= SIGNALS) {
      return "ended with exit code " + exitCode;
    }
    int signal = exitCode - SIGNALS;
    String name = NAMES.getOrDefault(signal, String.format(Locale.ROOT, "signal %d", signal));
    return signal == 9
        ? "was killed by SIGKILL (by hand, or by the system for want of memory)"
        : "was killed by " + name;
  }

  /** The last lines of what it printed, one after the other, or nothing. */
  public static String lastWords(Path output) {
    try {
      List<String> lines =
          Files.readAllLines(output).stream()
              .filter(line -> !line.isBlank() && !line.contains("incubator modules"))
              .toList();
      String last =
          String.join("\n  ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
      return last.isEmpty() ? "" : "; its last words:\n  " + last;
    } catch (IOException e) {
      return "";
    }
  }
}
