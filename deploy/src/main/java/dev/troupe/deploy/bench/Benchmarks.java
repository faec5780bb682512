package dev.troupe.deploy.bench;

import dev.troupe.deploy.cli.BenchJob;
import dev.troupe.deploy.local.ControlBenchmark;
import dev.troupe.kernels.Layout;
import dev.troupe.proto.config.JobConfig;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** {@code troupe bench}. */
public final class Benchmarks implements BenchJob {
  @Override
  public void run(Request request, PrintWriter out) {
    switch (request) {
      case Step step -> new StepComparison(step, out).run();
      case Gemm gemm -> gemm(gemm, out);
      case AllReduce reduce -> new AllReduceComparison(reduce, out).run();
      case Control control -> control(control, out);
      case Kernels kernels -> KernelBenchmarks.run(kernels.filter());
    }
    out.flush();
  }

  private static void gemm(Gemm gemm, PrintWriter out) {
    for (Layout layout : Layout.values()) {
      out.printf(
          Locale.ROOT,
          "%s  %d x %d x %d %s  %,.0f GFLOP/s%n",
          layout,
          gemm.m(),
          gemm.n(),
          gemm.k(),
          gemm.precision().name().toLowerCase(Locale.ROOT),
          GemmBenchmark.gflops(gemm, layout));
    }
  }

  private static void control(Control control, PrintWriter out) {
    // Set up before the actors' threads log, or the logging library says that it kept them waiting.
    LoggerFactory.getILoggerFactory();
    ControlBenchmark.Cost cost =
        ControlBenchmark.run(
            JobConfig.load(
                null,
                List.of(
                    "parallel.tp=1",
                    "parallel.dp=" + control.ranks(),
                    "train.global-batch=" + control.ranks(),
                    "train.steps=" + control.steps(),
                    "data.validation.every=0",
                    "checkpoint.every=0")));
    out.printf(
        Locale.ROOT,
        "control  %d ranks  %d steps  p50 %.0f us  p99 %.0f us a step%n",
        cost.ranks(),
        cost.steps(),
        cost.p50Micros(),
        cost.p99Micros());
  }
}
