package dev.troupe.deploy.report;

import dev.troupe.coordinator.RunEvent;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Events of a run in words for people; a line each. */
final class EventWords {
  private static final String MESSAGE = "message";

  private EventWords() {}

  /** {@code node b is lost: its process was killed by SIGKILL}. */
  static String of(RunEvent event) {
    Fields fields = new Fields(event.fields());
    return switch (event.type()) {
      case "node-joined" ->
          "node %s joined with %s"
              .formatted(fields.text("node"), fields.count("devices", "device"));
      case "node-lost" -> "node %s is lost%s".formatted(fields.text("node"), fields.after("why"));
      case "node-released" -> "node %s has left".formatted(fields.text("node"));
      case "drain-requested" ->
          "node %s leaves (%s)".formatted(fields.text("node"), fields.text("reason"));
      case "scale-requested" ->
          "goes to %s (%s)".formatted(fields.count("nodes", "node"), fields.text("reason"));
      case "scale-refused" ->
          "%s are not within elastic.min-nodes and elastic.max-nodes (%s)"
              .formatted(fields.count("nodes", "node"), fields.text("reason"));
      case "nodes-spare" ->
          ("spare: %s; the data-parallel width is %s, and parallel.virtual-shards allows no more;"
                  + " start the run again with a greater one to use them")
              .formatted(fields.text("nodes"), fields.text("dp"));
      case "rank-failed" -> fields.text(MESSAGE);
      case "regrouping" -> "a new mesh is made: " + fields.text("reason");
      case "waiting-for-nodes" ->
          "waits for nodes: there are %s, and %s needed"
              .formatted(fields.text("nodes"), fields.text("needed"));
      case "recovered" -> recovered(fields);
      case "rolled-back" ->
          "goes back from step %s to step %s, the newest state that is left"
              .formatted(fields.text("from"), fields.text("to"));
      case "replica-damaged" ->
          "the numbers of rank %s on node %s are damaged (%s)"
              .formatted(fields.text("rank"), fields.text("node"), persistence(fields));
      case "copies-differ" ->
          "what processes %s hold of step %s is not the same and is not used"
              .formatted(fields.text("processes"), fields.text("step"));
      case "straggler" ->
          "rank %s on node %s takes %.1f times as long as the others"
              .formatted(fields.text("rank"), fields.text("node"), fields.number("ratio"));
      case "step-not-finite" ->
          "step %s is not finite: its loss is %s, its gradient norm %s"
              .formatted(fields.text("step"), fields.text("loss"), fields.text("grad_norm"));
      case "step-skipped" -> "step %s is skipped".formatted(fields.text("step"));
      default -> plain(event);
    };
  }

  private static String recovered(Fields fields) {
    long again = Math.round(fields.number("steps_recomputed"));
    return String.format(
        Locale.ROOT,
        "goes on after %.1f s, %s",
        fields.number("seconds"),
        again == 0
            ? "no step computed again"
            : fields.count("steps_recomputed", "step") + " computed again");
  }

  private static String persistence(Fields fields) {
    return fields.text("persistent").equals("yes")
        ? "not for the first time"
        : "for the first time";
  }

  /** {@code checkpoint failed, step 20: the disk is full}. */
  private static String plain(RunEvent event) {
    StringBuilder text = new StringBuilder(event.type().replace('-', ' '));
    new TreeMap<>(event.fields())
        .forEach(
            (name, value) -> {
              if (!name.equals(MESSAGE)) {
                text.append(", ").append(name).append(' ').append(value);
              }
            });
    Object message = event.fields().get(MESSAGE);
    return message == null ? text.toString() : text.append(": ").append(message).toString();
  }

  /** Of another version's event a field may be missing. */
  private record Fields(Map<String, Object> values) {
    String text(String name) {
      return String.valueOf(values.getOrDefault(name, "?"));
    }

    double number(String name) {
      return values.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    String count(String name, String what) {
      long count = Math.round(number(name));
      return String.format(Locale.ROOT, "%,d %s%s", count, what, count == 1 ? "" : "s");
    }

    String after(String name) {
      String text = text(name);
      return text.isEmpty() || text.equals("?") ? "" : ": " + text;
    }
  }
}
