package dev.troupe.proto.message;

/**
 * Told by who started a node: its process has ended. Quicker than the failure detector.
 *
 * @param node name of the node
 * @param why how it ended, for people
 */
public record NodeGone(String node, String why) implements CoordinatorCommand {
  /** Checks the name. */
  public NodeGone {
    Checks.notBlank("node", node);
  }
}
