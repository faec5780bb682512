package dev.troupe.deploy.control;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.deploy.local.LocalRun;
import dev.troupe.proto.spec.JobSpec;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What the control plane costs a step: a run whose ranks compute nothing. The time from a commit to
 * the next one is then the way of the orders down to all ranks and of their reports back up.
 */
public final class ControlBenchmark {
  private ControlBenchmark() {}

  /**
   * The result.
   *
   * @param ranks number of ranks
   * @param seconds each step's time from its start to its commit, in order, without the warm-up
   * @param cpuSeconds CPU time of the process for each of them, all threads together
   * @param startSeconds from the first order until every rank was ready
   * @param totalSeconds the whole run, from the first actor's start to the last one's end
   */
  public record Cost(
      int ranks,
      List<Double> seconds,
      List<Double> cpuSeconds,
      double startSeconds,
      double totalSeconds) {
    /** Copies the lists. */
    public Cost {
      seconds = List.copyOf(seconds);
      cpuSeconds = List.copyOf(cpuSeconds);
    }

    /** A step's time, in seconds, that {@code percent} of them do not exceed; 50 is the median. */
    public double percentile(int percent) {
      return percentile(seconds, percent);
    }

    /** The median of the best of {@code count} equal windows: what others did to us left out. */
    public double bestMedian(int count) {
      return best(seconds, count, window -> percentile(window, 50));
    }

    /**
     * CPU seconds a step, the mean of the best of {@code count} equal windows. A mean, because some
     * systems count CPU time in hundredths of a second.
     */
    public double bestCpu(int count) {
      return best(
          cpuSeconds,
          count,
          window -> window.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    }

    private static double best(
        List<Double> seconds, int count, ToDoubleFunction<List<Double>> value) {
      int length = seconds.size() / count;
      return Stream.iterate(0, from -> from + length)
          .limit(count)
          .mapToDouble(from -> value.applyAsDouble(seconds.subList(from, from + length)))
          .min()
          .orElseThrow();
    }

    private static double percentile(List<Double> seconds, int percent) {
      List<Double> sorted = seconds.stream().sorted().toList();
      return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
    }
  }

  /**
   * Real GPU actors, each with its threads, on one node.
   *
   * @param job gives the mesh and the number of steps, of which the first fifth is a warm-up; must
   *     order neither checkpoints nor validation
   */
  public static Cost oneNode(JobSpec job) {
    StepTimes times = new StepTimes(job.train().steps());
    long began = System.nanoTime();
    RunResult result =
        LocalRun.start(
                SimulatedNodes.parts(settings(job, 1), times),
                SimulatedNodes.devices(job.device(), job.parallel().worldSize(), "local"),
                IdleRanks.of(job))
            .result()
            .toCompletableFuture()
            .join();
    return cost(job, times, result, began);
  }

  /**
   * Simulated ranks, of which each node has {@code parallel.tp}.
   *
   * @param job as for {@link #oneNode}; {@code parallel.dp} is the number of nodes
   */
  public static Cost manyNodes(JobSpec job) {
    StepTimes times = new StepTimes(job.train().steps());
    long began = System.nanoTime();
    RunResult result =
        SimulatedNodes.run(settings(job, job.parallel().dp()), job.parallel().tp(), times);
    return cost(job, times, result, began);
  }

  private static RunSettings settings(JobSpec job, int nodes) {
    return new RunSettings(job, "", null, 0, nodes, Timeouts.defaults());
  }

  private static Cost cost(JobSpec job, StepTimes times, RunResult result, long began) {
    int steps = job.train().steps();
    if (result.outcome() != RunResult.Outcome.COMPLETED) {
      throw new IllegalStateException("the run ended early: " + result);
    }
    return new Cost(
        job.parallel().worldSize(),
        times.seconds().subList(steps / 5, steps),
        times.cpuSeconds().subList(steps / 5, steps),
        times.startSeconds(),
        (System.nanoTime() - began) * 1e-9);
  }
}
