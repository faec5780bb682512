package dev.troupe.proto.message;

/**
 * A node's word on {@link InjectFault}; told before its own end where the fault brings that about.
 *
 * @param id number of the fault
 * @param node the node
 * @param problem why it was not done; empty where it was
 */
public record FaultDone(long id, String node, String problem) implements CoordinatorCommand {
  /** Checks the fields. */
  public FaultDone {
    Checks.notNegative("fault", id);
    Checks.notBlank("node", node);
  }
}
