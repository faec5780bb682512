package dev.troupe.deploy.api;

/** What callers of the API may order. Called on threads of the server; must not block. */
public interface RunControl {
  /**
   * Asks the run to finish the step under way, save and end.
   *
   * @param reason who asks or why, for people
   */
  void stop(String reason);

  /**
   * Asks that a node be taken out at the next step boundary. The run goes on with the others; where
   * it cannot, it saves and ends.
   *
   * @param node its name
   * @param reason who asks or why, for people
   * @return false where the run has no such node
   * @throws dev.troupe.proto.error.TroupeException where the run cannot go on without it; the
   *     message goes to the caller
   */
  boolean drain(String node, String reason);

  /**
   * Asks the run to train on another number of nodes from the next step boundary on. Whoever
   * launched the run starts nodes that are missing and lets superfluous ones go.
   *
   * @param nodes nodes that train; spares come on top
   * @param reason who asks or why, for people
   * @return what the caller should know of it, a sentence; empty where there is nothing
   * @throws dev.troupe.proto.error.TroupeException where the run may not have so many
   */
  String scale(int nodes, String reason);
}
