package dev.troupe.deploy.chaos.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.deploy.chaos.plan.Action;
import dev.troupe.deploy.chaos.plan.ChaosPlan;
import dev.troupe.deploy.chaos.plan.Moment;
import dev.troupe.deploy.chaos.plan.Rule;
import dev.troupe.deploy.chaos.plan.Target;
import dev.troupe.deploy.chaos.plan.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TriggersTest {
  private static final Action KILL = new Action(Action.Kind.KILL9, 0, 0);
  private static final Action END = new Action(Action.Kind.KILL_COORDINATOR, 0, 0);
  private static final long SECOND = 1_000_000_000;

  private static ChaosPlan plan(Rule... rules) {
    return new ChaosPlan(List.of(rules), new ChaosPlan.Reference.None(), false);
  }

  private static Rule storm(long seed, int count, Action... actions) {
    return new Rule(
        new Trigger.Storm(Duration.ofSeconds(10), seed, count, Duration.ofSeconds(2)),
        new Target.AnyRank(),
        List.of(actions));
  }

  private static final long CALM = 2 * SECOND;

  @Test
  void strikesAtItsStepAndMomentOnce() {
    Rule rule =
        new Rule(
            new Trigger.At(OptionalLong.of(5), Moment.PREPARED), new Target.Rank(1), List.of(KILL));
    Triggers triggers = new Triggers(plan(rule), Map.of(), 0);
    assertEquals(List.of(), triggers.at(new Mark(Moment.PREPARED, 4, true)));
    assertEquals(List.of(), triggers.at(new Mark(Moment.COMMITTED, 5, false)));
    assertFalse(triggers.exhausted(5));
    List<Strike> strikes = triggers.at(new Mark(Moment.PREPARED, 5, true));
    assertEquals(List.of(new Target.Rank(1)), strikes.stream().map(Strike::target).toList());
    assertEquals(List.of(), triggers.at(new Mark(Moment.PREPARED, 5, true)));
    assertTrue(triggers.exhausted(5));
    assertEquals(0, triggers.left());
  }

  @Test
  void aStepThatIsPastIsNotWaitedFor() {
    Rule rule =
        new Rule(
            new Trigger.At(OptionalLong.of(5), Moment.PREPARED), new Target.Rank(1), List.of(KILL));
    Triggers triggers = new Triggers(plan(rule), Map.of(), 0);
    assertTrue(triggers.exhausted(9));
    assertEquals(1, triggers.left());
  }

  @Test
  void anotherCoordinatorGoesOnWithTheStorm() {
    ChaosPlan plan = plan(storm(7, 40, KILL, END));
    List<Strike> all = strikes(new Triggers(plan, Map.of(), 0), 40);
    List<Strike> rest = strikes(new Triggers(plan, Map.of(0, 15), 0), 25);
    assertEquals(all.subList(15, 40), rest);
    assertTrue(
        all.stream().anyMatch(strike -> strike.target() instanceof Target.Coordinator),
        all::toString);
    assertTrue(
        all.stream().anyMatch(strike -> strike.target() instanceof Target.AnyRank), all::toString);
  }

  private static List<Strike> strikes(Triggers triggers, int count) {
    List<Strike> strikes = new ArrayList<>();
    for (long now = 0; strikes.size() < count; now += SECOND / 10) {
      for (Strike strike : triggers.at(now, CALM)) {
        strikes.add(strike);
        triggers.struck(strike, now);
      }
    }
    return strikes;
  }

  @Test
  void aStormHasItsMeanDistanceAndItsCount() {
    int count = 2_000;
    Triggers triggers = new Triggers(plan(storm(3, count, KILL)), Map.of(), 0);
    long now = 0;
    for (int i = 0; i < count; now += SECOND / 100) {
      for (Strike strike : triggers.at(now, CALM)) {
        triggers.struck(strike, now);
        i++;
      }
    }
    double mean = now / 1e9 / count;
    assertEquals(10, mean, 0.7); // three standard deviations of the mean
    assertEquals(0, triggers.left());
    assertEquals(List.of(), triggers.at(Long.MAX_VALUE / 4, CALM));
  }

  @Test
  void aStormThatKeepsItsFaultsApartWaitsForThemToBeOver() {
    Triggers triggers = new Triggers(plan(storm(7, 2, KILL)), Map.of(), 0);
    long late = 3_600 * SECOND;
    assertEquals(List.of(), triggers.at(late, 0));
    assertEquals(List.of(), triggers.at(late, CALM - 1));
    assertEquals(1, triggers.at(late, CALM).size());
  }

  @Test
  void aFaultThatFoundNoTargetStaysDue() {
    Triggers triggers = new Triggers(plan(storm(7, 2, KILL)), Map.of(), 0);
    long late = 3_600 * SECOND;
    assertEquals(triggers.at(late, CALM), triggers.at(late + 1, CALM));
    assertEquals(1, triggers.at(late, CALM).size());
  }
}
