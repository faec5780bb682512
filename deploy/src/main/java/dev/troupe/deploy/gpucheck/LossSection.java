package dev.troupe.deploy.gpucheck;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * c: a small model's losses against the CPU's, over steps that include the optimizer, clipping and
 * gradients of several microbatches.
 *
 * @param runs starts runs
 * @param subject what is under check
 * @param model what is trained
 */
record LossSection(Runs runs, Subject subject, SmallModel model) implements Section {
  private static final double FP32 = 1e-4;

  /** Each step's rounding, and what it does to the steps that follow. */
  private static final double BF16 = 0.02;

  /** Roundings have no direction. */
  private static final double BF16_MEAN = 0.005;

  private static final double FALLS = 0.97;

  @Override
  public char name() {
    return 'c';
  }

  @Override
  public String title() {
    return "%d losses of a small model against the CPU".formatted(SmallModel.STEPS);
  }

  @Override
  public void run(Report report) throws InterruptedException {
    List<Double> cpu = train("c-cpu-fp32", "fp32", List.of("device=cpu")).losses();
    Run fp32 = train("c-fp32", "fp32", subject.one());
    report.atMost("fp32, greatest relative difference", greatest(cpu, fp32.losses()), FP32, "");
    report.atMost("fp32, last loss over the first", lastOverFirst(fp32.losses()), FALLS, "");
    recomputed("fp32", "full", fp32, report);

    List<Double> cpuBf16 = train("c-cpu-bf16", "bf16", List.of("device=cpu")).losses();
    Run bf16 = train("c-bf16", "bf16", subject.one());
    report.atMost("bf16, greatest relative difference", greatest(cpuBf16, bf16.losses()), BF16, "");
    report.atMost(
        "bf16, mean relative difference", Math.abs(mean(cpuBf16, bf16.losses())), BF16_MEAN, "");
    if (!model.tiny()) {
      recomputed("bf16", "selective", bf16, report);
      fast(cpuBf16, report);
    }
  }

  private void fast(List<Double> cpu, Report report) throws InterruptedException {
    String check = "bf16 by cuDNN and measured products, relative difference";
    if (subject.fast().isEmpty()) {
      report.skipped(check, "there is no cuDNN");
      return;
    }
    Run run = train("c-fast", "bf16", subject.fast());
    report.atMost(check, greatest(cpu, run.losses()), BF16, "");
  }

  /** What backward computes again has the bits that it would have kept. */
  private void recomputed(String precision, String recompute, Run kept, Report report)
      throws InterruptedException {
    List<String> settings =
        Stream.concat(subject.one().stream(), Stream.of("train.recompute=" + recompute)).toList();
    Run run = train("c-%s-%s".formatted(precision, recompute), precision, settings);
    report.same(
        "%s, recompute=%s gives the same bits".formatted(precision, recompute),
        kept.lossBits(),
        run.lossBits());
  }

  private Run train(String name, String precision, List<String> settings)
      throws InterruptedException {
    List<String> more = new ArrayList<>(settings);
    more.add("precision=" + precision);
    return runs.train(name, model.settings(SmallModel.STEPS, more)).succeeded();
  }

  /** Greatest |a - e| / e; NaN where a number of losses differs. */
  static double greatest(List<Double> expected, List<Double> actual) {
    if (expected.size() != actual.size()) {
      return Double.NaN;
    }
    double greatest = 0;
    for (int i = 0; i < expected.size(); i++) {
      greatest = Math.max(greatest, Math.abs(actual.get(i) / expected.get(i) - 1));
    }
    return greatest;
  }

  private static double mean(List<Double> expected, List<Double> actual) {
    double sum = 0;
    for (int i = 0; i < expected.size(); i++) {
      sum += actual.get(i) / expected.get(i) - 1;
    }
    return sum / expected.size();
  }

  private static double lastOverFirst(List<Double> losses) {
    return losses.getLast() / losses.getFirst();
  }
}
