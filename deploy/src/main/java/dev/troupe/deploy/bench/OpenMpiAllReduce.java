package dev.troupe.deploy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * OpenMPI's all-reduce: compiles {@code allreduce.c} with the installed {@code mpicc}.
 *
 * @param source the program
 */
record OpenMpiAllReduce(Path source) implements AllReduceRunner {
  /** OpenMPI refuses root, as which containers run, unless told twice. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of("OMPI_ALLOW_RUN_AS_ROOT", "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1");

  @Override
  public String name() {
    return "OpenMPI";
  }

  @Override
  public Map<Long, Double> measure(int ranks, List<AllReduceSize> sizes)
      throws IOException, InterruptedException {
    if (!Files.isRegularFile(source) || !isOnPath("mpicc") || !isOnPath("mpirun")) {
      return Map.of();
    }
    Path folder = Files.createTempDirectory("troupe-bench-");
    Path program = folder.resolve("allreduce");
    try {
      run(List.of("mpicc", "-O3", "-march=native", "-o", program.toString(), source.toString()));
      List<String> command = new ArrayList<>();
      command.addAll(List.of("mpirun", "--oversubscribe", "-n", Integer.toString(ranks)));
      command.add(program.toString());
      command.addAll(ProcessOutput.arguments(sizes));
      return run(command).medians();
    } finally {
      Files.deleteIfExists(program);
      Files.deleteIfExists(folder);
    }
  }

  private static ProcessOutput.Result run(List<String> command)
      throws IOException, InterruptedException {
    ProcessOutput.Result result = ProcessOutput.run(command, ENVIRONMENT);
    if (result.code() != 0) {
      throw new IOException(command.getFirst() + " ended with exit code " + result.code());
    }
    return result;
  }

  private static boolean isOnPath(String program) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Pattern.compile(":")
        .splitAsStream(path)
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
