package dev.troupe.deploy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * PyTorch's all-reduce over gloo: {@code bench_allreduce.py}.
 *
 * @param python the Python that has PyTorch
 * @param script the program
 */
record GlooAllReduce(String python, Path script) implements AllReduceRunner {
  private static final int MISSING = 2;

  /** It takes milliseconds even for small ones. */
  private static final int MOST_CALLS = 200;

  @Override
  public String name() {
    return "gloo";
  }

  @Override
  public Map<Long, Double> measure(int ranks, List<AllReduceSize> sizes)
      throws IOException, InterruptedException {
    if (!Files.isRegularFile(script)) {
      return Map.of();
    }
    List<String> command = new ArrayList<>();
    command.addAll(List.of(python, script.toString(), "--ranks", Integer.toString(ranks)));
    command.addAll(
        ProcessOutput.arguments(sizes.stream().map(size -> size.atMost(MOST_CALLS)).toList()));
    ProcessOutput.Result result;
    try {
      result = ProcessOutput.run(command, Map.of());
    } catch (IOException e) {
      return Map.of(); // No such Python.
    }
    if (result.code() == MISSING) {
      return Map.of();
    }
    if (result.code() != 0) {
      throw new IOException(script.getFileName() + " ended with exit code " + result.code());
    }
    return result.medians();
  }
}
