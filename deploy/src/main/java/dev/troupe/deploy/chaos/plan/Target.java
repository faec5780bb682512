package dev.troupe.deploy.chaos.plan;

import java.util.List;

/** Who is hit. */
public sealed interface Target {
  /** A rank of the mesh at that time, chosen by the plan's seed. */
  record AnyRank() implements Target {}

  /**
   * The process that holds a rank.
   *
   * @param rank the rank
   */
  record Rank(int rank) implements Target {}

  /**
   * All processes of a node, as if the machine had gone.
   *
   * @param node its name
   */
  record Node(String node) implements Target {}

  /**
   * The agent of a node.
   *
   * @param node its name
   */
  record Agent(String node) implements Target {}

  /** The process that coordinates. */
  record Coordinator() implements Target {}

  /** The newest checkpoint. */
  record Checkpoint() implements Target {}

  /**
   * The network between nodes.
   *
   * @param nodes names; what the first sends to the others does not arrive
   * @param oneWay whether what they send to it does
   */
  record Links(List<String> nodes, boolean oneWay) implements Target {
    /** Copies the list. */
    public Links {
      nodes = List.copyOf(nodes);
    }
  }
}
