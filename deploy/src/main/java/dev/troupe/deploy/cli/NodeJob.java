package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Serves as a node of a run. */
@FunctionalInterface
public interface NodeJob {
  /**
   * Serves until the run is over.
   *
   * @param job its cluster settings and device; with {@code options.control()}, what is trained
   * @return the exit code
   */
  int run(JobSpec job, Options options);

  /**
   * What a node is told besides the job.
   *
   * @param name its name; empty: that of the machine
   * @param seeds addresses of nodes to join by, {@code host:port}
   * @param ranks ranks that it has room for
   * @param firstGpu number of the first GPU that it offers
   * @param control whether it may run the coordinator
   * @param nodes nodes that the coordinator expects; 0: any number
   * @param joinTimeout how long it tries to join
   * @param aeronDirectory directory of a media driver that serves already
   * @param child whether another process of ours started it: it ends when its standard input does
   * @param faults whether it obeys orders of faults, for tests of recovery
   * @param secretFromInput whether the first line of standard input is the cluster's secret
   */
  record Options(
      Optional<String> name,
      List<String> seeds,
      int ranks,
      int firstGpu,
      boolean control,
      int nodes,
      Duration joinTimeout,
      Optional<Path> aeronDirectory,
      boolean child,
      boolean faults,
      boolean secretFromInput) {
    public Options {
      seeds = List.copyOf(seeds);
      if (ranks < 1) {
        throw TroupeException.usage("--ranks %d: give at least 1".formatted(ranks));
      }
      if (firstGpu < 0) {
        throw TroupeException.usage("--first-gpu %d: give 0 or more".formatted(firstGpu));
      }
      if (joinTimeout.isNegative() || joinTimeout.isZero()) {
        throw TroupeException.usage("--join-timeout: give at least 1 second");
      }
      if (seeds.isEmpty() && !control) {
        throw TroupeException.usage(
            "a node needs --seed HOST:PORT of one that is there, or --control to begin a cluster");
      }
    }
  }
}
