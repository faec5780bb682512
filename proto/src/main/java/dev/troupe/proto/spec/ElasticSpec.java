package dev.troupe.proto.spec;

/**
 * How a run meets nodes that come, go, and fail.
 *
 * @param minNodes fewest nodes that train; with fewer the run waits for more
 * @param maxNodes most nodes that train; 0: as many as the mesh of the job needs
 * @param spares nodes that are held back to take the place of one that is lost
 * @param copies whether each rank keeps a copy of another's optimizer state, on another node where
 *     there is one
 * @param restarts how often a worker process or node that ended is started again
 * @param nodeTimeout seconds without a sign of life after which a node or process is given up
 * @param stepTimeout seconds after which a step that does not end is aborted
 */
public record ElasticSpec(
    int minNodes,
    int maxNodes,
    int spares,
    boolean copies,
    int restarts,
    double nodeTimeout,
    int stepTimeout) {
  private static final double SHORTEST_TIMEOUT = 0.5;

  public ElasticSpec {
    Require.atLeast(1, "elastic.min-nodes", minNodes);
    Require.atLeast(0, "elastic.max-nodes", maxNodes);
    Require.atLeast(0, "elastic.spares", spares);
    Require.atLeast(0, "elastic.restarts", restarts);
    Require.atLeast(1, "elastic.step-timeout", stepTimeout);
    if (maxNodes > 0 && maxNodes < minNodes) {
      throw new InvalidFieldException(
          "elastic.max-nodes = %d is less than elastic.min-nodes = %d; raise it, or give 0"
              .formatted(maxNodes, minNodes),
          "elastic.max-nodes",
          "elastic.min-nodes");
    }
    if (!(nodeTimeout >= SHORTEST_TIMEOUT)) {
      throw new InvalidFieldException(
          "elastic.node-timeout = %s is too short; give at least %s seconds"
              .formatted(nodeTimeout, SHORTEST_TIMEOUT),
          "elastic.node-timeout");
    }
  }

  /** What a job file without a word about it has. */
  public static ElasticSpec defaults() {
    return new ElasticSpec(1, 0, 0, true, 100, 2.5, 1800);
  }
}
