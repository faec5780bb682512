package dev.troupe.deploy.chaos;

import com.google.gson.JsonObject;
import dev.troupe.deploy.chaos.engine.Ledger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What is known of one injected fault.
 *
 * @param id its number
 * @param kind its kind, as in a plan
 * @param fault the kind with its numbers
 * @param target who was hit
 * @param due whether it must be noticed
 * @param overlapping whether another fault was under way
 * @param noticed seconds until it was noticed
 * @param recovered seconds from the last commit before it to the next one after it
 * @param recomputed steps computed again
 * @param lost committed steps that were lost
 * @param end how it ended
 */
record FaultStory(
    long id,
    String kind,
    String fault,
    String target,
    boolean due,
    boolean overlapping,
    OptionalDouble noticed,
    OptionalDouble recovered,
    long recomputed,
    long lost,
    End end) {

  /** How a fault ended. */
  enum End {
    /** The run was over before it was. */
    OPEN,
    /** The run went on. */
    RECOVERED,
    /** Another fault wiped it out. */
    MASKED,
    /** It was not done. */
    REFUSED
  }

  /** The faults that events tell of. */
  static List<FaultStory> of(List<JsonObject> events) {
    Map<Long, FaultStory> faults = new LinkedHashMap<>();
    for (JsonObject line : events) {
      String event = line.get("event").getAsString();
      if (event.equals(Ledger.INJECTED)) {
        FaultStory fault = injected(line);
        faults.put(fault.id(), fault);
      } else if (line.has("id")) {
        faults.computeIfPresent(line.get("id").getAsLong(), (id, fault) -> fault.told(event, line));
      }
    }
    return new ArrayList<>(faults.values());
  }

  private static FaultStory injected(JsonObject line) {
    return new FaultStory(
        line.get("id").getAsLong(),
        line.get("kind").getAsString(),
        line.get("fault").getAsString(),
        line.get("target").getAsString(),
        line.get("must_be_noticed").getAsBoolean(),
        line.get("overlapping").getAsBoolean(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        0,
        0,
        End.OPEN);
  }

  private FaultStory told(String event, JsonObject line) {
    return switch (event) {
      case Ledger.DETECTED -> with(seconds(line), recovered, recomputed, lost, end);
      case Ledger.RECOVERED ->
          with(
              noticed,
              seconds(line),
              line.get("recomputed").getAsLong(),
              line.get("lost").getAsLong(),
              End.RECOVERED);
      case Ledger.MASKED -> with(noticed, recovered, recomputed, lost, End.MASKED);
      case Ledger.REFUSED -> with(noticed, recovered, recomputed, lost, End.REFUSED);
      default -> this;
    };
  }

  private static OptionalDouble seconds(JsonObject line) {
    return OptionalDouble.of(line.get("seconds").getAsDouble());
  }

  private FaultStory with(
      OptionalDouble seen, OptionalDouble over, long again, long gone, End how) {
    return new FaultStory(id, kind, fault, target, due, overlapping, seen, over, again, gone, how);
  }

  /** Whether it was taken for the loss of a process that was there all the time. */
  boolean falseEviction() {
    return kind.equals("sigstop") && !due && noticed.isPresent();
  }

  /** Whether it had to be noticed and was not. */
  boolean missed() {
    return due && noticed.isEmpty() && (end == End.OPEN || end == End.RECOVERED);
  }

  /** Whether it hit the process that coordinates. */
  boolean ofCoordinator() {
    return target.equals("coordinator");
  }
}
