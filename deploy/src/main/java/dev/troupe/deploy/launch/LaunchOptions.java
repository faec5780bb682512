package dev.troupe.deploy.launch;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Where a run is launched.
 *
 * @param hosts machines to start nodes on over ssh; empty: nodes are processes of this machine
 * @param nodes number of nodes; equal to the number of hosts where there are some
 * @param ranksPerNode devices that each node offers
 */
public record LaunchOptions(List<String> hosts, int nodes, int ranksPerNode) {
  private static final String LOCAL = "node-";

  /** Copies the list. */
  public LaunchOptions {
    hosts = List.copyOf(hosts);
  }

  /**
   * The options as given, with what is left out: as many nodes as hosts, else one; as many ranks a
   * node as the job needs on those that are no spares.
   *
   * @throws TroupeException of category usage where the job does not fit
   */
  public static LaunchOptions of(
      List<String> hosts, OptionalInt nodes, OptionalInt ranksPerNode, JobSpec job) {
    if (!hosts.isEmpty() && nodes.isPresent() && nodes.getAsInt() != hosts.size()) {
      throw TroupeException.usage(
          "--nodes %d, but --hosts names %d; leave --nodes out"
              .formatted(nodes.getAsInt(), hosts.size()));
    }
    int tp = job.parallel().tp();
    int spares = job.elastic().spares();
    int count = hosts.isEmpty() ? nodes.orElse(1 + spares) : hosts.size();
    int training = count - spares;
    if (count < 1 || ranksPerNode.orElse(1) < 1) {
      throw TroupeException.usage("give at least 1 for --nodes and --ranks-per-node");
    }
    if (training < 1) {
      throw TroupeException.usage(
          "--nodes %d with elastic.spares=%d leaves none to train; give at least %d"
              .formatted(count, spares, spares + 1));
    }
    int each = ranksPerNode.orElse(Math.ceilDiv(job.parallel().dp(), training) * tp);
    requireFit(job, training, count, each);
    return new LaunchOptions(hosts, count, each);
  }

  /** Where the width follows the nodes, one tensor-parallel group is enough to begin with. */
  private static void requireFit(JobSpec job, int training, int count, int each) {
    int tp = job.parallel().tp();
    int dp = job.parallel().dp();
    int least = job.elastic().maxNodes() > 0 ? 1 : dp;
    if ((long) each / tp * training < least) {
      throw TroupeException.usage(
          "--nodes %d%s --ranks-per-node %d is too little for parallel.tp=%d x parallel.dp=%d: each node holds %d whole tensor-parallel groups, and %d are needed"
              .formatted(
                  count,
                  training == count ? "" : " with elastic.spares=" + (count - training),
                  each,
                  tp,
                  dp,
                  each / tp,
                  least));
    }
  }

  /** Names of the first {@code count} nodes that may be started. */
  List<String> names(int count) {
    return hosts.isEmpty() ? IntStream.range(0, count).mapToObj(i -> LOCAL + i).toList() : hosts;
  }

  /** The number of a node among its machine's. */
  int index(String name) {
    return hosts.isEmpty() ? Integer.parseInt(name.substring(LOCAL.length())) : 0;
  }
}
