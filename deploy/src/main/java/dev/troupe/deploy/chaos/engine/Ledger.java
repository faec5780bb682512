package dev.troupe.deploy.chaos.engine;

import com.google.gson.JsonObject;
import dev.troupe.deploy.chaos.plan.Action;
import dev.troupe.deploy.report.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes down what was injected, what was noticed of it and when the run went on. Its lines in
 * {@code events.jsonl} are all that another coordinator needs to go on with them. Used by one
 * thread at a time.
 */
public final class Ledger {
  /** A fault was injected. */
  public static final String INJECTED = "fault-injected";

  /** It was not done. */
  public static final String REFUSED = "fault-refused";

  /** It was noticed. */
  public static final String DETECTED = "fault-detected";

  /** The run went on after it. */
  public static final String RECOVERED = "fault-recovered";

  /** Another fault wiped it out. */
  public static final String MASKED = "fault-masked";

  /** A rank or node was given up that no fault had hit. */
  public static final String UNEXPLAINED = "unexplained-loss";

  /** A fault of the plan had no target. */
  public static final String SKIPPED = "fault-skipped";

  /** The mesh was changed though nothing was wrong: nodes came or left. */
  public static final String CHANGED = "mesh-changed";

  /** A node that was stopped or cut off learns only afterwards that it was given up, and ends. */
  private static final Duration AFTERMATH = Duration.ofSeconds(20);

  private static final String ID = "id";

  private final EventLog log;
  private final Map<Long, OpenFault> open = new LinkedHashMap<>();
  private final Map<Integer, Integer> struck = new HashMap<>();
  private final Map<String, Instant> disturbed = new HashMap<>();
  private boolean changing;
  private long nextId = 1;
  private long committed = -1;
  private long highest;
  private long ordered;
  private Instant lastCommit;

  /**
   * Goes on with what earlier coordinators of the run wrote.
   *
   * @param log where lines go
   * @param lines events since the plan began
   * @param nodeTimeout seconds of silence after which a process is given up
   * @param now the time
   */
  Ledger(EventLog log, List<JsonObject> lines, double nodeTimeout, Instant now) {
    this.log = log;
    this.lastCommit = now;
    for (JsonObject line : lines) {
      restore(line, nodeTimeout);
    }
  }

  private void restore(JsonObject line, double nodeTimeout) {
    switch (line.get("event").getAsString()) {
      case INJECTED -> {
        InjectedLine written = InjectedLine.of(line);
        struck.merge(written.rule(), 1, Integer::sum);
        nextId = Math.max(nextId, written.id() + 1);
        committed = Math.max(committed, written.committed());
        highest = committed;
        ordered = Math.max(ordered, written.ordered());
        open.put(written.id(), written.open(nodeTimeout));
      }
      case DETECTED ->
          Optional.ofNullable(open.get(line.get(ID).getAsLong()))
              .ifPresent(fault -> fault.detected = Instant.parse(line.get("time").getAsString()));
      case REFUSED, RECOVERED, MASKED -> open.remove(line.get(ID).getAsLong());
      default -> {}
    }
  }

  /** How many faults of each rule have struck. */
  Map<Integer, Integer> struck() {
    return struck;
  }

  /** Whether a fault is under way. */
  boolean busy() {
    return !open.isEmpty();
  }

  /** Writes a fault down that is about to strike; returns its number. */
  long inject(Strike strike, Hit hit, Expectation expected, long epoch, Instant now) {
    long id = nextId++;
    Action action = strike.action();
    boolean overlapping = !open.isEmpty();
    OpenFault fault = new OpenFault(id, action, hit, expected, now, epoch, lastCommit);
    InjectedLine line =
        new InjectedLine(
            id,
            strike.rule(),
            action,
            hit,
            epoch,
            Math.max(0, committed),
            ordered,
            now,
            lastCommit);
    Map<String, Object> fields = line.fields();
    fields.put("overlapping", overlapping);
    fields.put("must_be_noticed", expected.noticed());
    log.append(INJECTED, fields);
    struck.merge(strike.rule(), 1, Integer::sum);
    open.put(id, fault);
    disturbed.put(hit.node(), now);
    return id;
  }

  /** A fault that was written down was not done. */
  void refused(long id, String problem) {
    if (open.remove(id) != null) {
      log.append(REFUSED, Map.of(ID, id, "problem", problem));
    }
  }

  /** A fault was noticed. */
  void detected(long id, String by, Instant now) {
    OpenFault fault = open.get(id);
    if (fault != null && fault.detected == null) {
      fault.detected = now;
      log.append(
          DETECTED,
          Map.of(ID, id, "kind", kind(fault), "by", by, "seconds", seconds(fault.at, now)));
    }
  }

  /** A fault is over without a step to tell by. */
  void over(long id, Instant now) {
    Optional.ofNullable(open.get(id)).ifPresent(fault -> recovered(fault, now));
  }

  /** Takes in what is to be seen of a transition. */
  void see(Sighting sighting, Instant now) {
    for (Sign sign : sighting.signs()) {
      notice(sign, now);
    }
    if (sighting.ordered() > 0) {
      countAgain(sighting.ordered());
      ordered = sighting.ordered();
    }
    long epoch = sighting.fleet().fence().epoch();
    if (committed >= 0 && sighting.committed() > committed) {
      for (OpenFault fault : List.copyOf(open.values())) {
        if (fault.masked(epoch)) {
          open.remove(fault.id);
          log.append(MASKED, Map.of(ID, fault.id, "kind", kind(fault)));
        } else if (fault.overAtCommit(epoch, now)) {
          recovered(fault, now);
        }
      }
      if (changing) {
        changing = false;
        log.append(CHANGED, Map.of("seconds", seconds(lastCommit, now), "epoch", epoch));
      }
      lastCommit = now;
    }
    committed = sighting.committed();
    highest = Math.max(highest, committed);
  }

  private void notice(Sign sign, Instant now) {
    Instant hitAt = disturbed.get(sign.node());
    boolean explained = hitAt != null && now.isBefore(hitAt.plus(AFTERMATH));
    for (OpenFault fault : List.copyOf(open.values())) {
      if (fault.shows(sign)) {
        disturbed.put(fault.hit.node(), now);
        detected(fault.id, sign.words(), now);
      }
      explained |= fault.expected.regroup() || fault.expected.signs().contains(sign.kind());
    }
    if (sign.kind() == Sign.Kind.REGROUP) {
      changing = committed > 0 && open.isEmpty();
    }
    boolean loss = sign.kind() == Sign.Kind.NODE_LOST || sign.kind() == Sign.Kind.RANK_FAILED;
    if (loss && !explained) {
      log.append(
          UNEXPLAINED,
          Map.of("node", sign.node(), "ranks", sign.ranks().toString(), "message", sign.words()));
    }
  }

  /**
   * A step that was ordered before is ordered again: the last fault that made a mesh end did it.
   */
  private void countAgain(long step) {
    if (step > ordered) {
      return;
    }
    List<OpenFault> causes =
        new ArrayList<>(open.values().stream().filter(each -> each.expected.endsMesh()).toList());
    if (!causes.isEmpty()) {
      OpenFault cause = causes.getLast();
      cause.recomputed = Math.max(cause.recomputed, ordered - step + 1);
      cause.lost = Math.max(cause.lost, highest - (step - 1));
    }
  }

  private void recovered(OpenFault fault, Instant now) {
    open.remove(fault.id);
    log.append(
        RECOVERED,
        Map.of(
            ID,
            fault.id,
            "kind",
            kind(fault),
            "seconds",
            seconds(fault.lastCommit, now),
            "recomputed",
            fault.recomputed,
            "lost",
            fault.lost));
  }

  private static String kind(OpenFault fault) {
    return fault.action.kind().written();
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }
}
