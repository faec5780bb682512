package dev.troupe.proto.message;

/**
 * Asks the run to train on another number of nodes, from the next step boundary on.
 *
 * @param nodes the number
 * @param reason who asks, for people
 */
public record ScaleRun(int nodes, String reason) implements CoordinatorCommand {
  /** Checks the number. */
  public ScaleRun {
    Checks.positive("nodes", nodes);
  }
}
