package dev.troupe.deploy.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.deploy.cli.BenchJob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The same work in PyTorch, in a process of its own: {@code bench_step.py}.
 *
 * @param python the Python to run it with
 * @param script the script
 * @param step what is measured
 */
record PyTorchPeer(String python, Path script, BenchJob.Step step) {
  private static final int MISSING = 2;

  /** How PyTorch runs the model. */
  enum Mode {
    EAGER,
    COMPILE
  }

  /**
   * What the script printed.
   *
   * @param tokensPerSecond of its median step
   * @param peakRssMib resident memory of all its processes
   */
  record Figures(double tokensPerSecond, double peakRssMib) {}

  /** Runs it once; empty where there is no Python or no PyTorch, which stderr then says. */
  Optional<Figures> run(Mode mode) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command(mode)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      return Optional.empty();
    }
    String text =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    int code = process.waitFor();
    if (code == MISSING) {
      return Optional.empty();
    }
    if (code != 0) {
      throw new IOException(script + " ended with exit code " + code);
    }
    JsonObject line =
        JsonParser.parseString(text.substring(text.lastIndexOf('\n') + 1)).getAsJsonObject();
    return Optional.of(
        new Figures(
            line.get("tokens_per_second").getAsDouble(), line.get("peak_rss_mib").getAsDouble()));
  }

  private List<String> command(Mode mode) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(python, script.toString()));
    command.addAll(List.of("--size", step.size() == BenchJob.Size.SMALL ? "256" : "512"));
    command.addAll(List.of("--mode", mode.name().toLowerCase(Locale.ROOT)));
    command.addAll(List.of("--precision", step.precision().name().toLowerCase(Locale.ROOT)));
    command.addAll(
        List.of("--threads", Integer.toString(Runtime.getRuntime().availableProcessors())));
    if (step.tp() * step.dp() == 2) {
      command.addAll(List.of("--world", "2", "--parallel", step.tp() == 2 ? "tp" : "dp"));
    }
    if (step.avx512()) {
      command.add("--avx512");
    }
    return command;
  }
}
