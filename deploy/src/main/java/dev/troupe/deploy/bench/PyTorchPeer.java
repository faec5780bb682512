package dev.troupe.deploy.bench;

import dev.troupe.deploy.cli.BenchJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The same work in PyTorch, in a process of its own: {@code bench_step.py}.
 *
 * @param script the script
 * @param step what is measured
 */
record PyTorchPeer(PythonScript script, BenchJob.Step step) {

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
    return script
        .run(arguments(mode))
        .map(
            line ->
                new Figures(
                    line.get("tokens_per_second").getAsDouble(),
                    line.get("peak_rss_mib").getAsDouble()));
  }

  private List<String> arguments(Mode mode) {
    List<String> command = new ArrayList<>();
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
