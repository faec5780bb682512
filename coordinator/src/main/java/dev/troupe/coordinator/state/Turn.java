package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunReport;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.message.RankOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One transition in the making: the state so far and the effects so far. */
final class Turn {
  final RunSettings settings;
  final long now;
  RunState state;
  private final List<Effect> effects = new ArrayList<>();

  Turn(RunSettings settings, RunState state, long now) {
    this.settings = settings;
    this.state = state;
    this.now = now;
  }

  Transition end() {
    return new Transition(state, effects);
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  void report(RunReport report) {
    add(new Effect.Report(report));
  }

  /** Reports an event; {@code fields} are names and values by turns. */
  void event(RunEvent.Severity severity, String type, Object... fields) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      map.put((String) fields[i], fields[i + 1]);
    }
    report(new RunEvent(type, severity, map));
  }

  /** Sends an order to all nodes of the mesh. */
  void order(MeshEpoch mesh, RankOrder order) {
    add(new Effect.Order(List.copyOf(mesh.byNode().keySet()), order));
  }

  /** Seconds since {@code began}. */
  double since(long began) {
    return (now - began) * 1e-9;
  }

  long deadline(Duration timeout) {
    return now + timeout.toNanos();
  }

  static String text(Duration timeout) {
    return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
  }
}
