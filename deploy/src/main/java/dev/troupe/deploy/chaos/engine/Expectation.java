package dev.troupe.deploy.chaos.engine;

import dev.troupe.deploy.chaos.plan.Action;
import java.util.Set;

/**
 * What a fault should lead to.
 *
 * @param signs what counts as having been noticed
 * @param noticed whether it must be noticed
 * @param regroup whether another mesh must be made before the next step can be committed
 */
record Expectation(Set<Sign.Kind> signs, boolean noticed, boolean regroup) {
  private static final Set<Sign.Kind> GONE =
      Set.of(Sign.Kind.NODE_LOST, Sign.Kind.RANK_FAILED, Sign.Kind.REGROUP);

  /** A rank that is slower than this for so many steps must be named. */
  private static final double NAMED_FACTOR = 1.8;

  private static final int NAMED_STEPS = 20;

  /**
   * Of an action.
   *
   * @param coordinator whether it hits the process that coordinates
   * @param nodeTimeout seconds of silence after which a process is given up
   */
  static Expectation of(Action action, boolean coordinator, double nodeTimeout) {
    return switch (action.kind()) {
      case KILL9, CRASH, KILL_COORDINATOR ->
          coordinator
              ? new Expectation(Set.of(Sign.Kind.TAKEN_OVER), true, false)
              : new Expectation(GONE, true, true);
      case SIGSTOP, CUT -> {
        boolean over = action.amount() == 0 || action.amount() > nodeTimeout;
        yield new Expectation(GONE, over, over);
      }
      case BITFLIP -> new Expectation(Set.of(Sign.Kind.DAMAGED, Sign.Kind.NOT_FINITE), true, true);
      case NAN -> new Expectation(Set.of(Sign.Kind.NOT_FINITE), true, false);
      case SLOW -> {
        boolean enough = action.amount() >= NAMED_FACTOR && action.steps() >= NAMED_STEPS;
        yield new Expectation(Set.of(Sign.Kind.STRAGGLER), enough, false);
      }
      case ENOSPC -> new Expectation(Set.of(Sign.Kind.SAVE_FAILED), true, false);
      case CORRUPT -> new Expectation(Set.of(), true, false);
    };
  }

  /** Whether the mesh under way ends by it. */
  boolean endsMesh() {
    return regroup || signs.contains(Sign.Kind.TAKEN_OVER);
  }
}
