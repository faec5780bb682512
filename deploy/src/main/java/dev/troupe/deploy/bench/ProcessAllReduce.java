package dev.troupe.deploy.bench;

import dev.troupe.deploy.cli.BenchJob.AllReduceMode;
import dev.troupe.deploy.process.JavaCommand;
import dev.troupe.deploy.process.ProcessEnd;
import java.io.IOException;
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
 * @param hosts address of each rank, by turns
 * @param startWith command that starts a process, in which {rank} stands for the rank; or empty
 */
record ProcessAllReduce(AllReduceMode mode, List<String> hosts, String startWith)
    implements AllReduceRunner {
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
        List<String> command = command(folder, rank, ranks, sizes);
        processes.add(
            new ProcessBuilder(command).redirectError(errors(folder, rank).toFile()).start());
      }
      String text =
          new String(processes.getFirst().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      for (int rank = 0; rank < ranks; rank++) {
        int code = processes.get(rank).waitFor();
        if (code != 0) {
          throw new IOException(
              "rank %d %s%s"
                  .formatted(
                      rank, ProcessEnd.words(code), ProcessEnd.lastWords(errors(folder, rank))));
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

  private static Path errors(Path folder, int rank) {
    return folder.resolve("errors-" + rank);
  }

  private List<String> command(Path folder, int rank, int ranks, List<AllReduceSize> sizes) {
    List<String> command = new ArrayList<>();
    if (!startWith.isBlank()) {
      String[] words = startWith.replace("{rank}", Integer.toString(rank)).trim().split(" +", -1);
      command.addAll(List.of(words));
    }
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of(mode.name(), folder.toString()));
    arguments.addAll(List.of(Integer.toString(rank), Integer.toString(ranks)));
    arguments.add(hosts.get(rank % hosts.size()));
    arguments.addAll(ProcessOutput.arguments(sizes));
    command.addAll(JavaCommand.of(AllReduceRank.class, List.of(), arguments));
    return command;
  }
}
