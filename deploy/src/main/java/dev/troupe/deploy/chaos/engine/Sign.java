package dev.troupe.deploy.chaos.engine;

import java.util.Set;

/**
 * Something that the coordinator noticed.
 *
 * @param kind what
 * @param node the node it is about; empty where it is about none
 * @param ranks the ranks it is about
 * @param words for people
 */
record Sign(Kind kind, String node, Set<Integer> ranks, String words) {
  Sign {
    ranks = Set.copyOf(ranks);
  }

  /** What can be noticed. */
  enum Kind {
    /** A node is gone. */
    NODE_LOST,
    /** A rank failed of itself. */
    RANK_FAILED,
    /** Another mesh is made. */
    REGROUP,
    /** Ranks' memory is damaged. */
    DAMAGED,
    /** A step's numbers are not finite. */
    NOT_FINITE,
    /** A rank is slow. */
    STRAGGLER,
    /** A checkpoint could not be made. */
    SAVE_FAILED,
    /** Another coordinator has taken over. */
    TAKEN_OVER
  }
}
