package dev.troupe.proto.message;

/**
 * Asks that a node be taken out of the run. One without ranks leaves at once; with one that has
 * ranks the run finishes the step under way, saves and ends.
 *
 * @param node name of the node
 * @param reason who asks, for people
 */
public record DrainNode(String node, String reason) implements CoordinatorCommand {
  /** Checks the name. */
  public DrainNode {
    Checks.notBlank("node", node);
  }
}
