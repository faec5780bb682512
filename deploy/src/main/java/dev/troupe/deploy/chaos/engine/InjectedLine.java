package dev.troupe.deploy.chaos.engine;

import com.google.gson.JsonObject;
import dev.troupe.deploy.chaos.plan.Action;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The line of an injected fault in {@code events.jsonl}.
 *
 * @param id number of the fault
 * @param rule number of its rule in the plan, from 0
 * @param action what goes wrong
 * @param hit who is hit
 * @param epoch epoch of the mesh
 * @param committed last committed step
 * @param ordered last step that ranks were told to prepare
 * @param at when
 * @param lastCommit when the last step was committed
 */
record InjectedLine(
    long id,
    int rule,
    Action action,
    Hit hit,
    long epoch,
    long committed,
    long ordered,
    Instant at,
    Instant lastCommit) {

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", id);
    fields.put("rule", rule);
    fields.put("kind", action.kind().written());
    fields.put("fault", action.words());
    fields.put("amount", action.amount());
    fields.put("steps", action.steps());
    fields.put("target", hit.words());
    fields.put("node", hit.node());
    fields.put("rank", hit.rank());
    fields.put("device", hit.device());
    fields.put("ranks", List.copyOf(new TreeSet<>(hit.ranks())));
    fields.put("epoch", epoch);
    fields.put("step", ordered);
    fields.put("committed", committed);
    fields.put("injected_at", at.toString());
    fields.put("last_commit", lastCommit.toString());
    return fields;
  }

  static InjectedLine of(JsonObject line) {
    Action.Kind kind =
        Action.Kind.valueOf(text(line, "kind").toUpperCase(Locale.ROOT).replace('-', '_'));
    Set<Integer> ranks = new TreeSet<>();
    line.getAsJsonArray("ranks").forEach(rank -> ranks.add(rank.getAsInt()));
    return new InjectedLine(
        line.get("id").getAsLong(),
        line.get("rule").getAsInt(),
        new Action(kind, line.get("amount").getAsDouble(), line.get("steps").getAsInt()),
        new Hit(
            text(line, "target"),
            text(line, "node"),
            line.get("rank").getAsInt(),
            line.get("device").getAsInt(),
            ranks,
            List.of()),
        line.get("epoch").getAsLong(),
        line.get("committed").getAsLong(),
        line.get("step").getAsLong(),
        Instant.parse(text(line, "injected_at")),
        Instant.parse(text(line, "last_commit")));
  }

  /** The fault as it was left, when the coordinator that injected it is gone. */
  OpenFault open(double nodeTimeout) {
    return new OpenFault(
        id,
        action,
        hit,
        Expectation.of(action, hit.node().isEmpty(), nodeTimeout),
        at,
        epoch,
        lastCommit);
  }

  private static String text(JsonObject line, String field) {
    return line.get(field).getAsString();
  }
}
