package dev.troupe.coordinator.state;

import static dev.troupe.coordinator.TestJobs.job;
import static dev.troupe.coordinator.TestJobs.settings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.CommittedStep;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankTime;
import dev.troupe.proto.message.Vote;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RecoveryTest {
  private static final Fence SECOND = new Fence(1, 2);

  private final Script script = new Script(settings(job(2, 2, 100, 0, 0), 1));

  private static RankFailed killed(Fence fence, int rank) {
    return new RankFailed(fence, rank, Category.PEER, "was killed by SIGKILL", false);
  }

  private AssignRanks assigned() {
    return script.effects.stream()
        .filter(Effect.Order.class::isInstance)
        .map(effect -> ((Effect.Order) effect).command())
        .filter(AssignRanks.class::isInstance)
        .map(AssignRanks.class::cast)
        .toList()
        .getLast();
  }

  @Test
  void aRankThatDiesCostsTheStepUnderWayOnly() {
    script.training().prepared(1).prepared(2).holding(2).take();

    script.on(killed(script.state.fence(), 3));

    AssignRanks assign = assigned();
    assertEquals(SECOND, assign.fence());
    assertEquals(2, assign.job().resumeStep());
    assertEquals(4, assign.job().held().size());
    script.take();
    script.ready(2);
    assertEquals(List.of(new PrepareStep(SECOND, 3)), script.orders());
    script.prepared(3);
    assertEquals(3, script.reports(StepRecord.class).getFirst().step());
    assertTrue(script.events().contains("recovered"), script.events().toString());
  }

  @Test
  void whatIsNotInMemoryComesFromDiskAndTheStepsAreComputedAgain() {
    script.training();
    for (long step = 1; step <= 5; step++) {
      script.prepared(step);
    }
    script.take();

    script.on(killed(script.state.fence(), 3));
    assertTrue(script.take().contains(new Effect.FindCheckpoint(5)));
    script.on(new Event.CheckpointFound(new CheckpointStore.Found(Path.of("/c/step-3"), 3)));

    assertTrue(script.events().contains("rolled-back"));
    assertEquals("/c/step-3", assigned().job().resumeFrom());
    script.ready(3).take();
    script.prepared(4);
    assertEquals(4, script.reports(StepRecord.class).getFirst().step());
  }

  @Test
  void aStepCountsOnceTheJournalHasItWhateverBecomesOfTheMesh() {
    script.training().prepared(1).take();
    script.journalAnswers = false;
    script.prepared(2);
    JournalRecord asked = Objects.requireNonNull(script.state.appending());
    assertEquals(List.of(), script.orders(), "no rank hears of a step that may not count");

    script.on(killed(script.state.fence(), 0)).holding(2);
    script.journalAnswers = true;
    script.on(new Event.Journalled(asked, true));

    assertEquals(2, script.state.committed());
    assertEquals(2, script.reports(StepRecord.class).getFirst().step());
    assertEquals(2, assigned().job().resumeStep());
  }

  @Test
  void aCoordinatorWhoseTermIsOverDoesNothingAnyMore() {
    script.training().prepared(1).take();
    script.journalAnswers = false;
    script.prepared(2).take();

    script.on(new Event.Journalled(Objects.requireNonNull(script.state.appending()), false));

    assertEquals(List.of(new Effect.StepDown()), script.take());
    script.ready(1).prepared(3).after(1000).on(new Event.StopRequested("x"));
    assertEquals(List.of(), script.take());
  }

  @Test
  void aSuccessorGoesOnFromWhatNodesHoldWithAGreaterFence() {
    Script successor =
        new Script(
            settings(job(2, 2, 100, 0, 0), 1),
            new JournalRecord(
                7,
                1,
                42,
                1,
                new CommittedStep(Script.result(0.5), 0.25, 2, 2),
                0,
                null,
                List.of("a")));
    successor.holding(42);

    successor.join();

    assertEquals(new Fence(7, 2), successor.state.fence());
    assertEquals(42, successor.state.committed());
    assertEquals(
        new StepRecord(42, 0.5, 2.0, 1e-3, 64, 0.25, 1, 2, 2),
        successor.reports(StepRecord.class).getFirst(),
        "the one before may not have told of it");
    successor.ready(42);
    assertEquals(List.of(new PrepareStep(new Fence(7, 2), 43)), successor.orders());
  }

  @Test
  void aRunWhoseMemoryIsGoneGoesOnFromItsCheckpoint() {
    Script anew =
        new Script(
            settings(job(2, 2, 100, 0, 0), 1),
            new JournalRecord(2, 5, 42, 1, null, 3, "SIGINT", List.of("a")));

    anew.join().on(new Event.CheckpointFound(new CheckpointStore.Found(Path.of("/c/step-40"), 40)));

    assertEquals(40, anew.state.committed());
    assertEquals(RunState.Wishes.none(), anew.state.wishes(), "they were another run's");
  }

  @Test
  void aNodeThatIsLostLeavesANarrowerMeshAndComesBackAtAStepsEnd() {
    script.held.put("b", List.of());
    Script two = new Script(settings(job(2, 4, 100, 0, 0), 2)).join("a").join("b");
    assertEquals(8, assertInstanceOf(Phase.Starting.class, two.state.phase()).mesh().size());

    two.on(new Event.NodeLost("b", "was killed"));
    assertEquals(4, assertInstanceOf(Phase.Starting.class, two.state.phase()).mesh().size());
    two.ready(0).take();
    two.join("b");
    assertInstanceOf(Phase.Training.class, two.state.phase());
    two.prepared(1);

    assertEquals(new CommitStep(SECOND, 1, true, false, false, false), two.orders().getFirst());
    two.on(new Event.CheckpointFound(null));
    assertEquals(8, assertInstanceOf(Phase.Starting.class, two.state.phase()).mesh().size());
  }

  @Test
  void aDrainedNodeIsFreedOnceTheOthersHaveAMesh() {
    Script two = new Script(settings(job(2, 4, 100, 0, 0), 2)).join("a").join("b");
    two.on(
        new dev.troupe.proto.message.NodeReady(
            two.state.fence(),
            java.util.stream.IntStream.range(0, 8)
                .mapToObj(rank -> new dev.troupe.proto.message.RankState(rank, 0, 1))
                .toList()));
    two.on(new Event.DrainRequested("b", "maintenance")).take();
    two.on(
        new NodePrepared(
            two.state.fence(),
            1,
            List.of(new Vote<>(Script.result(1), RankSet.below(8))),
            RankSet.none(),
            List.of()));
    two.on(new Event.CheckpointFound(null));
    assertEquals(4, assertInstanceOf(Phase.Starting.class, two.state.phase()).mesh().size());
    assertEquals(List.of("a", "b"), List.copyOf(two.state.members().keySet()));

    two.ready(0);

    assertTrue(two.events().contains("node-released"), two.events().toString());
    assertEquals(List.of("a"), List.copyOf(two.state.members().keySet()));
  }

  @Test
  void ranksWhoseReplicasDifferAreNamedAndNotBelieved() {
    script.training().prepared(1).holding(1).take();

    script.on(
        new NodePrepared(
            script.state.fence(),
            2,
            List.of(new Vote<>(Script.result(1), Script.ALL)),
            RankSet.of(2),
            List.of()));

    assertTrue(script.events().contains("replica-damaged"));
    assertEquals(List.of(), script.reports(StepRecord.class));
    assertEquals(SECOND, script.state.fence());
  }

  @Test
  void aStepThatIsNotFiniteIsTriedAgainAndThenEndsTheRun() {
    script.training().prepared(1).holding(1).take();

    script.prepared(2, Double.NaN);
    assertEquals(SECOND, script.state.fence());
    script.ready(1).take();
    script.prepared(2, Double.NaN).stopped();

    RunResult result = script.reports(RunResult.class).getFirst();
    assertEquals(Category.DATA, result.category());
    assertEquals(1, result.step());
  }

  @Test
  void aStepThatIsNotFiniteMayBeSkipped() {
    JobSpec job =
        JobConfig.parse(
            "run.name = x, parallel { tp = 2, dp = 2 }, integrity.non-finite = skip"
                + ", train.global-batch = 2");
    Script skipping = new Script(settings(job, 1)).training().prepared(1);
    skipping.take();

    skipping.prepared(2, Double.NaN);

    assertEquals(
        new CommitStep(Script.FENCE, 2, false, false, false, true), skipping.orders().getFirst());
  }

  @Test
  void aRankThatLagsIsNamedOnceAndNobodyElse() {
    script.training().take();
    for (long step = 1; step <= 25; step++) {
      List<RankTime> busy = new ArrayList<>();
      for (int rank = 0; rank < Script.RANKS; rank++) {
        double usual = 0.1 + 0.02 * ((step + rank) % 3);
        boolean held = rank == 1 && step % 6 == 0; // once in a while, not all the time
        busy.add(new RankTime(rank, held ? 5 : rank == 2 ? 0.2 : usual));
      }
      script.now += 1_000_000_000L;
      script.on(
          new NodePrepared(
              script.state.fence(),
              step,
              List.of(new Vote<>(Script.result(1), Script.ALL)),
              RankSet.none(),
              busy));
    }

    List<Map<String, Object>> named =
        script.reports(dev.troupe.coordinator.RunEvent.class).stream()
            .filter(event -> event.type().equals("straggler"))
            .map(dev.troupe.coordinator.RunEvent::fields)
            .toList();
    assertEquals(1, named.size());
    assertEquals(2L, named.getFirst().get("rank"));
  }

  @Test
  void aRunThatMakesNoProgressEnds() {
    script.training().prepared(1).holding(1).take();

    for (int i = 0; i < 13; i++) {
      script.on(killed(script.state.fence(), 1));
    }
    script.stopped();

    RunResult result = script.reports(RunResult.class).getFirst();
    assertTrue(result.message().contains("12 meshes in a row"), result.message());
  }

  @Test
  void whatCannotBeAllocatedEndsTheRunAtOnce() {
    script.join();

    script.on(new RankFailed(script.state.fence(), 2, Category.RESOURCE, "out of memory", false));

    assertEquals(
        RunResult.failed(0, Category.RESOURCE, "rank 2: out of memory"),
        script.stopped().reports(RunResult.class).getFirst());
  }

  @Test
  void aDataFailureThatComesAgainEndsTheRunWithItsReason() {
    script.training().prepared(1).holding(1);

    for (int i = 0; i < 4; i++) {
      script.on(new RankFailed(script.state.fence(), 2, Category.DATA, "bad token", false));
      script.ready(1);
    }

    assertEquals(
        RunResult.failed(1, Category.DATA, "rank 2: bad token"),
        script.stopped().reports(RunResult.class).getFirst());
  }

  @Test
  void aStepThatTakesTooLongIsAbandoned() {
    script.training().prepared(1).holding(1).after(2.9).take();
    assertInstanceOf(Phase.Training.class, script.state.phase());

    script.after(0.2);

    assertEquals(SECOND, script.state.fence());
    assertTrue(script.events().contains("regrouping"));
  }
}
