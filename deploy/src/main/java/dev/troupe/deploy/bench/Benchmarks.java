package dev.troupe.deploy.bench;

import dev.troupe.deploy.cli.BenchJob;
import dev.troupe.deploy.control.ControlBenchmark;
import dev.troupe.deploy.control.ControlJob;
import dev.troupe.kernels.Layout;
import dev.troupe.proto.spec.JobSpec;
import java.io.PrintWriter;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * {@code troupe bench}.
 *
 * @param program main class of the program
 */
public record Benchmarks(Class<?> program) implements BenchJob {
  @Override
  public void run(Request request, PrintWriter out) {
    switch (request) {
      case Step step -> new StepComparison(step, out).run();
      case Gemm gemm -> gemm(gemm, out);
      case AllReduce reduce -> new AllReduceComparison(reduce, out).run();
      case Gpu gpu -> new GpuComparison(gpu, out).run();
      case Recovery recovery -> new RecoveryComparison(program, recovery, out).run();
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
    JobSpec job = ControlJob.of(control.nodes(), control.ranksPerNode(), control.steps());
    ControlBenchmark.Cost cost =
        control.nodes() == 1 ? ControlBenchmark.oneNode(job) : ControlBenchmark.manyNodes(job);
    out.printf(
        Locale.ROOT,
        "control  %,d nodes x %d = %,d %s  %d steps  p50 %,.0f us  p99 %,.0f us a step"
            + "  CPU %,.0f us  start %.2f s  whole run %.2f s%n",
        control.nodes(),
        control.ranksPerNode(),
        cost.ranks(),
        control.nodes() == 1 ? "GPU actors" : "simulated GPU actors",
        cost.seconds().size(),
        cost.percentile(50) * 1e6,
        cost.percentile(99) * 1e6,
        cost.bestCpu(1) * 1e6,
        cost.startSeconds(),
        cost.totalSeconds());
  }
}
