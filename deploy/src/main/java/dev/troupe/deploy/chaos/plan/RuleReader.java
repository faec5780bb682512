package dev.troupe.deploy.chaos.plan;

import dev.troupe.proto.config.Nearest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads one fault of a plan and checks that it can be.
 *
 * @param fault what is written
 */
record RuleReader(Section fault) {
  private static final String AT = "at";
  private static final String DURING = "during";
  private static final String BETWEEN = "between";
  private static final String STORM = "storm";
  private static final String DO = "do";
  private static final String ONE_OF = "one-of";
  private static final String NODES = "nodes";
  private static final List<String> TRIGGERS = List.of(AT, DURING, BETWEEN, STORM);
  private static final List<String> TARGETS =
      List.of("rank", "node", "agent", "coordinator", NODES);
  private static final Set<String> KEYS =
      Set.of(
          AT,
          DURING,
          BETWEEN,
          STORM,
          DO,
          ONE_OF,
          "rank",
          "node",
          "agent",
          "coordinator",
          NODES,
          "one-way");

  Rule read() {
    fault.allow(KEYS);
    List<Action> actions = actions();
    Trigger trigger = trigger();
    Target target = target(actions);
    for (Action action : actions) {
      check(action, trigger, target);
    }
    return new Rule(trigger, target, actions);
  }

  private Trigger trigger() {
    return switch (only(TRIGGERS, "when it strikes")) {
      case AT -> {
        Section at = fault.section(AT, "{ step = 17, phase = prepared }");
        at.allow(Set.of("step", "phase"));
        yield new Trigger.At(
            OptionalLong.of(at.whole("step", 1)), moment(at, "phase", Moment.COMPUTING));
      }
      case DURING -> new Trigger.At(OptionalLong.empty(), moment(fault, DURING, Moment.COMPUTING));
      case BETWEEN -> between();
      default -> {
        Section storm = fault.section(STORM, "{ mtbf = 15 s, seed = 7, count = 200 }");
        storm.allow(Set.of("mtbf", "seed", "count", "apart"));
        yield new Trigger.Storm(
            storm.duration("mtbf"),
            storm.has("seed") ? storm.whole("seed", 0) : 1,
            Math.toIntExact(Math.min(storm.whole("count", 1), Integer.MAX_VALUE)),
            storm.has("apart") ? storm.duration("apart") : Duration.ZERO);
      }
    };
  }

  private Trigger between() {
    List<String> ends = fault.texts(BETWEEN, "two steps: [20, 30]");
    try {
      if (ends.size() == 2) {
        long first = Long.parseLong(ends.get(0));
        long last = Long.parseLong(ends.get(1));
        if (first >= 1 && last > first) {
          return new Trigger.Between(first, last);
        }
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw fault.wrong(BETWEEN, "two steps, the first at least 1 and the smaller: [20, 30]");
  }

  private static Moment moment(Section section, String key, Moment whereUnset) {
    if (!section.has(key)) {
      return whereUnset;
    }
    String text = section.text(key);
    return Arrays.stream(Moment.values())
        .filter(each -> each.written().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                section.wrong(
                    key,
                    "%s? There are %s"
                        .formatted(
                            Nearest.of(text, Moment.all()), String.join(", ", Moment.all()))));
  }

  private List<Action> actions() {
    if (fault.has(DO) == fault.has(ONE_OF)) {
      throw fault.wrong("a fault has either do = kill9 or one-of = [kill9, nan]; give one of them");
    }
    List<Action> actions = new ArrayList<>();
    if (fault.has(DO)) {
      actions.add(action(fault.text(DO), DO));
    } else {
      fault
          .texts(ONE_OF, "a list of what may go wrong: [kill9, nan]")
          .forEach(each -> actions.add(action(each, ONE_OF)));
    }
    return actions;
  }

  private Action action(String text, String key) {
    Optional<Action> action = Action.parse(text);
    return action.orElseThrow(
        () -> fault.wrong(key, "one of: " + Action.examples() + " (not \"" + text + "\")"));
  }

  private Target target(List<Action> actions) {
    List<String> given = TARGETS.stream().filter(fault::has).toList();
    if (given.size() > 1) {
      throw fault.wrong("a fault hits one of %s; give one".formatted(String.join(", ", given)));
    }
    if (fault.has("one-way") && !fault.has(NODES)) {
      throw fault.wrong("one-way", "it with do = cut, nodes = [node-0, node-1]");
    }
    Action.Kind first = actions.getFirst().kind();
    if (given.isEmpty()) {
      return switch (first) {
        case KILL_COORDINATOR -> new Target.Coordinator();
        case CORRUPT -> new Target.Checkpoint();
        default -> new Target.AnyRank();
      };
    }
    return switch (given.getFirst()) {
      case "rank" -> new Target.Rank(Math.toIntExact(fault.whole("rank", 0)));
      case "node" -> new Target.Node(fault.text("node"));
      case "agent" -> new Target.Agent(fault.text("agent"));
      case "coordinator" -> {
        if (!fault.flag("coordinator", false)) {
          throw fault.wrong("coordinator", "coordinator = true, or leave it out");
        }
        yield new Target.Coordinator();
      }
      default -> {
        List<String> nodes = fault.texts(NODES, "at least two nodes: [node-0, node-1]");
        if (nodes.size() < 2) {
          throw fault.wrong(NODES, "at least two nodes: [node-0, node-1]");
        }
        yield new Target.Links(nodes, fault.flag("one-way", false));
      }
    };
  }

  private void check(Action action, Trigger trigger, Target target) {
    boolean rank = target instanceof Target.AnyRank || target instanceof Target.Rank;
    boolean file =
        trigger instanceof Trigger.At(OptionalLong step, Moment moment) && moment.ofCheckpoint();
    switch (action.kind()) {
      case SLOW, NAN, BITFLIP -> {
        if (!rank) {
          throw fault.wrong("%s hits a rank; give rank = 3".formatted(action.words()));
        }
      }
      case ENOSPC, CRASH -> {
        if (!file) {
          throw fault.wrong(
              "%s needs an operation on a checkpoint; give during = checkpoint-write"
                  .formatted(action.words()));
        }
      }
      case CUT -> {
        if (!(target instanceof Target.Links)) {
          throw fault.wrong("cut needs nodes = [node-0, node-1]");
        }
        if (action.amount() == 0 && !(trigger instanceof Trigger.Between)) {
          throw fault.wrong("how long? Give do = \"cut 10 s\", or between = [20, 30]");
        }
      }
      case KILL9, SIGSTOP -> {
        if (target instanceof Target.Links) {
          throw fault.wrong("nodes = [...] is for do = cut; give node = node-1");
        }
      }
      case CORRUPT, KILL_COORDINATOR -> {}
    }
    if (trigger instanceof Trigger.Between
        && action.kind() != Action.Kind.CUT
        && action.kind() != Action.Kind.SLOW) {
      throw fault.wrong("between = [20, 30] is for cut and slow; give at = { step = 20 }");
    }
  }

  private String only(List<String> keys, String what) {
    List<String> given = keys.stream().filter(fault::has).toList();
    if (given.size() == 1) {
      return given.getFirst();
    }
    throw fault.wrong(
        "a fault needs one word on %s, one of %s; it has %s"
            .formatted(
                what,
                String.join(", ", keys),
                given.isEmpty() ? "none" : String.join(" and ", given)));
  }
}
