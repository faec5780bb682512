package dev.troupe.deploy.chaos.plan;

import java.util.List;

/**
 * Faults and when they strike.
 *
 * @param trigger when
 * @param target who is hit
 * @param actions what goes wrong; of several, one by the seed
 */
public record Rule(Trigger trigger, Target target, List<Action> actions) {
  /** Copies the list. */
  public Rule {
    actions = List.copyOf(actions);
    if (actions.isEmpty()) {
      throw new IllegalArgumentException("a rule without an action");
    }
  }

  /** How many faults it comes to. */
  public int count() {
    return trigger instanceof Trigger.Storm storm ? storm.count() : 1;
  }
}
