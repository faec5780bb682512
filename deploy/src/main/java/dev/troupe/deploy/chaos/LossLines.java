package dev.troupe.deploy.chaos;

import com.google.gson.JsonObject;
import dev.troupe.deploy.chaos.engine.EventLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The losses of a run, to the bit.
 *
 * @param bySteps every step's loss as hexadecimal text
 * @param twice steps that are there with two different losses
 */
record LossLines(SortedMap<Long, String> bySteps, List<Long> twice) {

  /** Of a run's {@code metrics.jsonl}. */
  static LossLines of(Path metrics) {
    TreeMap<Long, String> losses = new TreeMap<>();
    List<Long> twice = new ArrayList<>();
    for (JsonObject line : EventLines.all(metrics)) {
      long step = line.get("step").getAsLong();
      String loss = line.get("loss_hex").getAsString();
      String before = losses.put(step, loss);
      if (before != null && !before.equals(loss)) {
        twice.add(step);
      }
    }
    return new LossLines(losses, twice);
  }

  long last() {
    return bySteps.isEmpty() ? 0 : bySteps.lastKey();
  }

  /**
   * Steps from the first to {@code last} that are missing: a coordinator that is killed takes the
   * line of a step with it that it had just committed.
   */
  List<Long> missing(long last) {
    List<Long> missing = new ArrayList<>();
    for (long step = 1; step <= last; step++) {
      if (!bySteps.containsKey(step)) {
        missing.add(step);
      }
    }
    return missing;
  }

  /** Steps whose loss is another one in {@code reference}, or is not there. */
  List<Long> differing(LossLines reference) {
    return bySteps.entrySet().stream()
        .filter(step -> !step.getValue().equals(reference.bySteps().get(step.getKey())))
        .map(Map.Entry::getKey)
        .toList();
  }
}
