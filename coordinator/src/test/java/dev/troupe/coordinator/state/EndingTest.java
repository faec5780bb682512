package dev.troupe.coordinator.state;

import static dev.troupe.coordinator.TestJobs.job;
import static dev.troupe.coordinator.TestJobs.settings;
import static dev.troupe.coordinator.state.Script.FENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunResult.Outcome;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.TestJobs;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.RunEnded;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EndingTest {
  private static final Event STOP = new Event.StopRequested("SIGTERM");

  private final Script script = new Script(settings(job(2, 2, 100, 0, 0), 1));

  private RunResult result() {
    List<RunResult> results = script.reports(RunResult.class);
    assertEquals(1, results.size(), script.effects.toString());
    assertEquals(new Effect.Finish(results.getFirst()), script.effects.getLast());
    return results.getFirst();
  }

  @Test
  void aRequestToStopFinishesTheStepAndSavesIt() {
    script.training().prepared(1).on(STOP).take();

    script.prepared(2);
    assertEquals(List.of(new CommitStep(FENCE, 2, true, true, false, false)), script.orders());
    script.begun(2).saved(2).published(2).stopped();

    assertEquals(RunResult.stopped(2, "SIGTERM"), result());
  }

  @Test
  void aSecondRequestAbortsWithoutWaitingForACheckpoint() {
    script.training().prepared(1).on(STOP).prepared(2).begun(2).take();

    script.on(STOP);
    assertInstanceOf(AbortEpoch.class, script.orders().getFirst());
    script.stopped();

    assertEquals(Outcome.ABORTED, result().outcome());
  }

  @Test
  void aThirdRequestWaitsForNobody() {
    script.training().on(STOP).on(STOP).take();

    script.on(STOP);

    assertEquals(130, result().exitCode());
  }

  @Test
  void aRequestBeforeTheFirstStepEndsWithNothingToSave() {
    script.on(STOP);
    assertEquals(RunResult.stopped(0, "SIGTERM"), result());

    Script starting = new Script(settings(job(2, 2, 100, 0, 0), 1)).join().on(STOP);
    assertInstanceOf(AbortEpoch.class, starting.orders().getLast());
    assertEquals(
        List.of(RunResult.stopped(0, "SIGTERM")), starting.stopped().reports(RunResult.class));
  }

  @Test
  void aNodeThatDidNotStartEndsTheWaitForIt() {
    script.on(new Event.NodeNeverCame("b", "ended with exit code 4"));

    assertEquals(
        RunResult.failed(0, Category.PEER, "node b did not start: ended with exit code 4"),
        result());
  }

  @Test
  void drainingANodeWithRanksSavesAndEnds() {
    script.training().prepared(1).on(new Event.DrainRequested("a", "maintenance")).prepared(2);
    script.begun(2).saved(2).published(2).stopped();

    assertEquals(RunResult.stopped(2, "node a is drained (maintenance)"), result());
  }

  @Test
  void drainingANodeWithoutRanksLetsItGo() {
    script.training().on(new Event.NodeJoined(new NodeInfo("spare", List.of()))).take();

    script.on(new Event.DrainRequested("spare", "maintenance"));

    Effect.Order order =
        assertInstanceOf(Effect.Order.class, script.effects.get(script.effects.size() - 2));
    assertEquals(List.of("spare"), order.nodes());
    assertEquals(0, assertInstanceOf(RunEnded.class, order.command()).exitCode());
    assertEquals(Set.of("a"), script.state.members().keySet());
    assertInstanceOf(Phase.Training.class, script.state.phase());
  }

  @Test
  void aNodeThatHasNoRankMayLeave() {
    Script two = new Script(settings(job(1, 1, 10, 0, 0), 1)).join();
    two.take();
    two.on(new Event.NodeLost("b", ""));

    assertEquals(List.of(), two.take());
  }

  @Test
  void nodesThatDoNotSufficeAreWaitedForAndThenMissed() {
    Script wanting = new Script(settings(job(2, 3, 10, 0, 0), 2)).join();
    assertInstanceOf(Phase.Gathering.class, wanting.state.phase());

    wanting.after(1.1);

    assertEquals(Category.RESOURCE, wanting.reports(RunResult.class).getFirst().category());
  }

  @Test
  void aRunThatIsCompleteAlreadyEndsAtOnce() {
    Script done =
        new Script(
            new RunSettings(
                job(2, 2, 7, 0, 0), "job text", Path.of("/c/step-7"), 7, 1, TestJobs.timeouts()));

    done.join().ready(7);

    assertEquals(List.of(new ReleaseRanks(FENCE)), done.orders());
    assertEquals(List.of(RunResult.completed(7)), done.stopped().reports(RunResult.class));
  }

  @Test
  void aRankWithAnotherStepThanTheCheckpointEndsTheRun() {
    script.join().ready(3).stopped();

    assertEquals(Category.DATA, result().category());
  }
}
