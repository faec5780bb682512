package dev.troupe.deploy.chaos.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.troupe.deploy.chaos.plan.Action;
import dev.troupe.deploy.chaos.plan.Target;
import dev.troupe.deploy.report.EventLog;
import dev.troupe.proto.message.Fence;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final double TIMEOUT = 2.5;
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private static final Hit RANK = new Hit("rank 3 (node-1)", "node-1", 3, 1, Set.of(3), List.of());
  private static final Action KILL = new Action(Action.Kind.KILL9, 0, 0);

  @TempDir private Path folder;
  private Path file = Path.of("");
  private Instant now = START;
  private EventLog log = null_();
  private Ledger ledger = null_();

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // set before each test
  private static <T> T null_() {
    return null;
  }

  @BeforeEach
  void open() {
    file = folder.resolve("events.jsonl");
    log = EventLog.open(file, () -> now);
    ledger = new Ledger(log, List.of(), TIMEOUT, now);
  }

  @AfterEach
  void close() {
    log.close();
  }

  private void pass(double seconds) {
    now = now.plusNanos(Math.round(seconds * 1e9));
  }

  private void see(long epoch, long committed, long ordered, Sign... signs) {
    Fleet fleet = new Fleet(new Fence(1, epoch), List.of(), Set.of("node-0", "node-1"));
    ledger.see(new Sighting(List.of(), List.of(signs), committed, ordered, fleet), now);
  }

  private long inject(Action action, Hit hit) {
    return ledger.inject(
        new Strike(0, action, new Target.AnyRank(), 0),
        hit,
        Expectation.of(action, hit.node().isEmpty(), TIMEOUT),
        4,
        now);
  }

  private static Sign failed(int rank) {
    return new Sign(Sign.Kind.RANK_FAILED, "", Set.of(rank), "rank " + rank + " failed");
  }

  private static Sign regroup() {
    return new Sign(Sign.Kind.REGROUP, "", Set.of(), "new mesh");
  }

  private List<JsonObject> lines(String event) {
    return EventLines.all(file).stream()
        .filter(line -> line.get("event").getAsString().equals(event))
        .toList();
  }

  @Test
  void aKillIsNoticedAndOverWithTheNextMeshsFirstCommit() {
    see(4, 16, 17);
    pass(0.2);
    see(4, 17, 18);
    pass(0.1);
    inject(KILL, RANK);
    pass(0.3);
    see(4, 17, 0, failed(3));
    see(5, 17, 0, regroup());
    pass(1);
    see(5, 17, 18);
    pass(0.4);
    assertTrue(ledger.busy());
    see(5, 18, 19);
    assertFalse(ledger.busy());
    assertEquals(0.3, lines("fault-detected").getFirst().get("seconds").getAsDouble(), 1e-6);
    JsonObject over = lines("fault-recovered").getFirst();
    assertEquals(1.8, over.get("seconds").getAsDouble(), 1e-6); // commit to commit
    assertEquals(1, over.get("recomputed").getAsLong());
    assertEquals(0, over.get("lost").getAsLong());
    assertEquals(List.of(), lines("unexplained-loss"));
  }

  @Test
  void goingBackToACheckpointLosesSteps() {
    see(4, 17, 18);
    inject(KILL, RANK);
    see(5, 17, 0, regroup());
    see(5, 12, 13);
    see(5, 13, 14);
    JsonObject over = lines("fault-recovered").getFirst();
    assertEquals(5, over.get("lost").getAsLong());
    assertEquals(6, over.get("recomputed").getAsLong());
  }

  @Test
  void aShortPauseMustNotBeTakenForALoss() {
    see(4, 17, 18);
    inject(new Action(Action.Kind.SIGSTOP, 1, 0), RANK);
    pass(0.5);
    see(4, 18, 19);
    assertTrue(ledger.busy());
    pass(1);
    see(4, 19, 20);
    assertFalse(ledger.busy());
    assertEquals(List.of(), lines("fault-detected"));
    assertFalse(lines("fault-injected").getFirst().get("must_be_noticed").getAsBoolean());
  }

  @Test
  void aLossThatNoFaultExplainsIsWrittenDown() {
    see(4, 17, 18);
    see(4, 17, 0, new Sign(Sign.Kind.NODE_LOST, "node-0", Set.of(), "silent"));
    assertEquals(1, lines("unexplained-loss").size());
  }

  @Test
  void anotherFaultCanWipeOneOut() {
    see(4, 17, 18);
    inject(
        new Action(Action.Kind.BITFLIP, 0, 0), new Hit("r", "node-0", 0, 0, Set.of(0), List.of()));
    inject(KILL, RANK);
    assertTrue(lines("fault-injected").getLast().get("overlapping").getAsBoolean());
    see(5, 17, 0, failed(3), regroup());
    see(5, 17, 18);
    see(5, 18, 19);
    assertEquals(1, lines("fault-masked").size());
    assertEquals(1, lines("fault-recovered").size());
    assertFalse(ledger.busy());
  }

  @Test
  void anotherCoordinatorGoesOnWithWhatIsOpen() {
    see(4, 17, 18);
    pass(0.1);
    long id = inject(new Action(Action.Kind.KILL_COORDINATOR, 0, 0), Hit.coordinator());
    Ledger next = new Ledger(log, EventLines.sinceTheEnd(file), TIMEOUT, now);
    assertTrue(next.busy());
    assertEquals(1, next.struck().get(0));
    ledger = next;
    pass(3);
    see(5, 17, 0, new Sign(Sign.Kind.TAKEN_OVER, "", Set.of(), "taken over"), regroup());
    see(5, 17, 18);
    pass(1);
    see(5, 18, 19);
    JsonObject over = lines("fault-recovered").getFirst();
    assertEquals(id, over.get("id").getAsLong());
    assertEquals(4.1, over.get("seconds").getAsDouble(), 1e-6);
    assertFalse(ledger.busy());
    assertEquals(id + 1, inject(KILL, RANK));
  }

  @Test
  void aRefusedFaultIsNotWaitedFor() {
    long id = inject(KILL, RANK);
    ledger.refused(id, "not allowed");
    assertFalse(ledger.busy());
    assertEquals("not allowed", lines("fault-refused").getFirst().get("problem").getAsString());
  }
}
