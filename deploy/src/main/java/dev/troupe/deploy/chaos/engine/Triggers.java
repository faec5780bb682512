package dev.troupe.deploy.chaos.engine;

import dev.troupe.deploy.chaos.plan.Action;
import dev.troupe.deploy.chaos.plan.ChaosPlan;
import dev.troupe.deploy.chaos.plan.Moment;
import dev.troupe.deploy.chaos.plan.Rule;
import dev.troupe.deploy.chaos.plan.Target;
import dev.troupe.deploy.chaos.plan.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Which faults of a plan are due. What a storm does is a function of its seed and of how many of
 * its faults have struck, so another coordinator goes on with it. Used by one thread at a time.
 */
final class Triggers {
  private final List<Rule> rules;
  private final int[] struck;
  private final long[] due;

  /**
   * For a plan.
   *
   * @param struckBefore how many faults of each rule have struck already
   * @param nanos time from which storms count, in nanoseconds of any clock
   */
  Triggers(ChaosPlan plan, Map<Integer, Integer> struckBefore, long nanos) {
    this.rules = plan.rules();
    this.struck = new int[rules.size()];
    this.due = new long[rules.size()];
    for (int i = 0; i < rules.size(); i++) {
      struck[i] = struckBefore.getOrDefault(i, 0);
      due[i] = nanos + gap(i);
    }
  }

  /** Faults that strike at a moment of the protocol. */
  List<Strike> at(Mark mark) {
    List<Strike> strikes = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if (struck[i] == 0 && matches(rules.get(i).trigger(), mark)) {
        strikes.add(strike(i));
        struck[i]++;
      }
    }
    return strikes;
  }

  private static boolean matches(Trigger trigger, Mark mark) {
    return switch (trigger) {
      case Trigger.At at ->
          at.moment() == mark.moment() && at.step().orElse(mark.step()) == mark.step();
      case Trigger.Between between ->
          mark.moment() == Moment.COMPUTING && between.first() == mark.step();
      case Trigger.Storm storm -> false;
    };
  }

  /**
   * Faults of storms that are due; each stays due until {@link #struck} is told of it.
   *
   * @param nanos the time
   * @param calm nanoseconds since the last fault was over; 0 while one is under way
   */
  List<Strike> at(long nanos, long calm) {
    List<Strike> strikes = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).trigger() instanceof Trigger.Storm storm
          && struck[i] < storm.count()
          && nanos - due[i] >= 0
          && calm >= storm.apart().toNanos()) {
        strikes.add(strike(i));
      }
    }
    return strikes;
  }

  /** A storm's fault has struck: the next one is due some time after. */
  void struck(Strike strike, long nanos) {
    struck[strike.rule()]++;
    due[strike.rule()] = nanos + gap(strike.rule());
  }

  private Strike strike(int rule) {
    Rule of = rules.get(rule);
    SplittableRandom random = random(rule);
    Action action = of.actions().get(random.nextInt(of.actions().size()));
    Target target =
        switch (action.kind()) {
          case KILL_COORDINATOR -> new Target.Coordinator();
          case CORRUPT -> new Target.Checkpoint();
          default -> of.target();
        };
    return new Strike(rule, action, target, random.nextDouble());
  }

  /** Until the next fault of a storm. */
  private long gap(int rule) {
    if (!(rules.get(rule).trigger() instanceof Trigger.Storm storm)) {
      return Long.MAX_VALUE / 2;
    }
    double uniform = random(rule).split().nextDouble();
    return Math.round(-Math.log1p(-uniform) * storm.mean().toNanos());
  }

  /** Of the rule's next fault. */
  private SplittableRandom random(int rule) {
    long seed = rules.get(rule).trigger() instanceof Trigger.Storm storm ? storm.seed() : rule;
    return new SplittableRandom(seed * 1_000_003L + struck[rule]).split();
  }

  /** How many faults of the plan have not struck yet. */
  int left() {
    int left = 0;
    for (int i = 0; i < rules.size(); i++) {
      left += rules.get(i).count() - struck[i];
    }
    return left;
  }

  /** Whether a step or moment that a rule waits for can still come after {@code committed}. */
  boolean exhausted(long committed) {
    for (int i = 0; i < rules.size(); i++) {
      boolean past =
          rules.get(i).trigger() instanceof Trigger.At at
              && at.step().isPresent()
              && at.step().getAsLong() + 1 < committed;
      if (struck[i] < rules.get(i).count() && !past) {
        return false;
      }
    }
    return true;
  }
}
