package dev.troupe.deploy.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Runs programs that print lines of bytes and seconds. */
final class ProcessOutput {
  private ProcessOutput() {}

  /** The program's exit code and what it printed; its error output goes to ours. */
  record Result(int code, String text) {
    /** The lines {@code BYTES SECONDS} as a map. */
    Map<Long, Double> medians() {
      Map<Long, Double> medians = new TreeMap<>();
      text.lines()
          .map(line -> line.strip().split(" "))
          .filter(words -> words.length == 2)
          .forEach(words -> medians.put(Long.parseLong(words[0]), Double.parseDouble(words[1])));
      return medians;
    }
  }

  /** Runs a program to its end; ends it when this thread is interrupted. */
  static Result run(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      byte[] text = process.getInputStream().readAllBytes();
      return new Result(process.waitFor(), new String(text, StandardCharsets.UTF_8));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Sizes as the programs take them. */
  static List<String> arguments(List<AllReduceSize> sizes) {
    return sizes.stream().map(AllReduceSize::toString).collect(Collectors.toList());
  }
}
