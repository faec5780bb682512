package dev.troupe.deploy.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a process a little lower in the operating system's order than its agent. Workers take all
 * cores that there are; an agent needs next to nothing, but needs it at once: a heartbeat that
 * waits for a core is a node that seems to be gone.
 */
final class LowPriority {
  private static final Path NICE = Path.of("/usr/bin/nice");

  private LowPriority() {}

  /** The command, which keeps its process number; unchanged where there is no {@code nice}. */
  static List<String> of(List<String> command) {
    if (!Files.isExecutable(NICE)) {
      return command;
    }
    List<String> lowered = new ArrayList<>(List.of(NICE.toString(), "-n", "5"));
    lowered.addAll(command);
    return lowered;
  }
}
