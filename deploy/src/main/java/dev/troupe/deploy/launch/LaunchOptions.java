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
  /** Copies the list. */
  public LaunchOptions {
    hosts = List.copyOf(hosts);
  }

  /**
   * The options as given, with what is left out: as many nodes as hosts, else one; as many ranks a
   * node as the job needs.
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
    int count = hosts.isEmpty() ? nodes.orElse(1) : hosts.size();
    int ranks = job.parallel().worldSize();
    int each = ranksPerNode.orElse(count < 1 ? 1 : Math.ceilDiv(ranks, count));
    if (count < 1 || each < 1) {
      throw TroupeException.usage("give at least 1 for --nodes and --ranks-per-node");
    }
    int tp = job.parallel().tp();
    if ((long) each / tp * count < job.parallel().dp()) {
      throw TroupeException.usage(
          "--nodes %d --ranks-per-node %d is too little for parallel.tp=%d x parallel.dp=%d: each node holds %d whole tensor-parallel groups, and %d are needed"
              .formatted(count, each, tp, job.parallel().dp(), each / tp, job.parallel().dp()));
    }
    return new LaunchOptions(hosts, count, each);
  }

  /** Names of the nodes. */
  List<String> names() {
    return hosts.isEmpty() ? IntStream.range(0, nodes).mapToObj(i -> "node-" + i).toList() : hosts;
  }
}
