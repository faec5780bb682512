package dev.troupe.deploy.bench;

import dev.troupe.deploy.cli.BenchJob.AllReduceMode;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Ours between processes: a JVM a rank, with this one's flags and class path, that runs {@link
 * AllReduceRank}.
 *
 * @param mode how they exchange data
 */
record ProcessAllReduce(AllReduceMode mode) implements AllReduceRunner {
  private static final Path MEMORY = Path.of("/dev/shm");

  @Override
  public String name() {
    return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public Map<Long, Double> measure(int ranks, List<AllReduceSize> sizes)
      throws IOException, InterruptedException {
    Path folder =
        Files.isDirectory(MEMORY)
            ? Files.createTempDirectory(MEMORY, "troupe-bench-")
            : Files.createTempDirectory("troupe-bench-");
    List<Process> processes = new ArrayList<>();
    try {
      for (int rank = 0; rank < ranks; rank++) {
        List<String> command = javaCommand();
        command.addAll(List.of(mode.name(), folder.toString()));
        command.addAll(List.of(Integer.toString(rank), Integer.toString(ranks)));
        command.addAll(ProcessOutput.arguments(sizes));
        processes.add(
            new ProcessBuilder(command)
                .redirectError(rank == 0 ? Redirect.INHERIT : Redirect.DISCARD)
                .start());
      }
      String text =
          new String(processes.getFirst().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      for (int rank = 0; rank < ranks; rank++) {
        int code = processes.get(rank).waitFor();
        if (code != 0) {
          throw new IOException("rank " + rank + " ended with exit code " + code);
        }
      }
      return new ProcessOutput.Result(0, text).medians();
    } finally {
      for (Process process : processes) {
        process.destroyForcibly();
        process.waitFor();
      }
      AllReduceRank.removeFolder(folder);
    }
  }

  private static List<String> javaCommand() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(AllReduceRank.class.getName());
    return command;
  }
}
