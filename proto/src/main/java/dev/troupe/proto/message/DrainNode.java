package dev.troupe.proto.message;

/**
 * Asks that a node be taken out of the run at the next step boundary. The run goes on with the
 * others; where it cannot, it saves and ends.
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
