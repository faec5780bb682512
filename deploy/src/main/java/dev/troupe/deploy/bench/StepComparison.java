package dev.troupe.deploy.bench;

import dev.troupe.deploy.cli.BenchJob;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code bench step}: ours and PyTorch's by turns, several rounds, medians and the ratio to the
 * better of PyTorch's modes.
 *
 * @param step what is measured
 * @param out where figures go
 */
record StepComparison(BenchJob.Step step, PrintWriter out) {

  void run() {
    JobSpec job = BenchmarkModels.job(step, false);
    out.printf(
        Locale.ROOT,
        "%,d parameters, %d x %d tokens a step, %s, tp %d x dp %d, %d cores%n",
        job.model().parameters(),
        job.train().globalBatch(),
        job.train().seqLength(),
        step.precision().name().toLowerCase(Locale.ROOT),
        step.tp(),
        step.dp(),
        Runtime.getRuntime().availableProcessors());
    List<Double> ours = new ArrayList<>();
    List<Double> masked = new ArrayList<>();
    Map<PyTorchPeer.Mode, List<Double>> peers = new EnumMap<>(PyTorchPeer.Mode.class);
    for (int round = 1; round <= step.rounds(); round++) {
      StepBenchmark.Result result = StepBenchmark.run(job, step.warmup(), step.steps());
      ours.add(result.tokensPerSecond());
      line(round, "troupe", result.tokensPerSecond(), residentMib());
      if (step.documentMask()) {
        JobSpec same = BenchmarkModels.job(step, true);
        masked.add(StepBenchmark.run(same, step.warmup(), step.steps()).tokensPerSecond());
        line(round, "with the mask", masked.getLast(), residentMib());
      }
      for (PyTorchPeer.Mode mode : PyTorchPeer.Mode.values()) {
        Optional<PyTorchPeer.Figures> figures = peer(mode);
        if (figures.isPresent()) {
          double speed = figures.get().tokensPerSecond();
          peers.computeIfAbsent(mode, m -> new ArrayList<>()).add(speed);
          String name = "pytorch " + mode.name().toLowerCase(Locale.ROOT);
          line(round, name, speed, figures.get().peakRssMib());
        }
      }
    }
    if (!masked.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "with data.document-mask %,.0f tokens/s: %.2fx%n",
          median(masked),
          median(masked) / median(ours));
    }
    summary(ours, peers);
  }

  private void summary(List<Double> ours, Map<PyTorchPeer.Mode, List<Double>> peers) {
    double mine = median(ours);
    if (peers.isEmpty()) {
      out.printf(Locale.ROOT, "median %,.0f tokens/s%n", mine);
      return;
    }
    double best = peers.values().stream().mapToDouble(StepComparison::median).max().orElseThrow();
    out.printf(
        Locale.ROOT,
        "median %,.0f tokens/s, the better of PyTorch's modes %,.0f: %.2fx%n",
        mine,
        best,
        mine / best);
  }

  private Optional<PyTorchPeer.Figures> peer(PyTorchPeer.Mode mode) {
    Optional<PythonScript> script = PythonScript.find(step.python(), "bench_step.py");
    boolean comparable = step.tp() * step.dp() <= 2;
    if (!step.peer() || !comparable || script.isEmpty()) {
      return Optional.empty();
    }
    try {
      return new PyTorchPeer(script.get(), step).run(mode);
    } catch (IOException e) {
      out.println("  pytorch " + mode.name().toLowerCase(Locale.ROOT) + ": " + e.getMessage());
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private void line(int round, String who, double tokensPerSecond, double rssMib) {
    out.printf(
        Locale.ROOT,
        "  round %d  %-16s %,8.0f tokens/s  %,6.0f MiB resident at most%n",
        round,
        who,
        tokensPerSecond,
        rssMib);
    out.flush();
  }

  /** Peak resident memory of this process, 0 where the system does not say. */
  private static double residentMib() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
