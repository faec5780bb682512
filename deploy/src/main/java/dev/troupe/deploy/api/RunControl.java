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
   * Asks that a node be taken out. One without ranks leaves at once; with one that has ranks the
   * run finishes its step, saves and ends.
   *
   * @param node its name
   * @param reason who asks or why, for people
   * @return false where the run has no such node
   * @throws dev.troupe.proto.error.TroupeException where the run cannot go on without it; the
   *     message goes to the caller
   */
  boolean drain(String node, String reason);
}
