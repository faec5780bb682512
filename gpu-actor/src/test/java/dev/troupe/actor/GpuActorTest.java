package dev.troupe.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.DropSnapshot;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankPrepared;
import dev.troupe.proto.message.RankReady;
import dev.troupe.proto.message.RankRetired;
import dev.troupe.proto.message.RankSampled;
import dev.troupe.proto.message.RankSaved;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RankValidated;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.TakeSnapshot;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.message.WorkerCommand;
import dev.troupe.proto.message.WriteShard;
import dev.troupe.train.StateVault;
import dev.troupe.train.TrainerFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class GpuActorTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Fence FENCE = new Fence(1, 5);
  private static final StepResult RESULT = new StepResult(1.5, 2.5, 1e-3, 8);
  private static final ValidationResult LOSSES =
      new ValidationResult(4.0, List.of(3.0, Double.NaN));

  private final TestProbe<AgentCommand> agent = KIT.createTestProbe();
  private final ScriptedTrainer trainer = new ScriptedTrainer(10);

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  private ActorRef<WorkerCommand> start(TrainerFactory factory) {
    ActorRef<WorkerCommand> rank =
        KIT.spawn(
            GpuActor.create(
                new RankRuntime("p", factory, trainer, text -> TestJobs.job(), new StateVault())));
    rank.tell(
        new StartRank(
            FENCE, new MeshJob("job", 2, 2, "/c/step-10", 10), new RankPlace(3, 0), agent.ref()));
    return rank;
  }

  private ActorRef<WorkerCommand> ready() {
    ActorRef<WorkerCommand> rank = start((assignment, communicators) -> trainer);
    agent.expectMessage(new RankReady(FENCE, new RankState(3, 10, 77)));
    return rank;
  }

  private void expectStopped(ActorRef<WorkerCommand> rank) {
    agent.expectMessage(new RankStopped(FENCE, 3));
    agent.expectTerminated(rank);
    assertTrue(trainer.diary.contains("close"), trainer.diary.toString());
  }

  @Test
  void theTrainerIsMadeFromTheAssignment() {
    ActorRef<WorkerCommand> rank =
        start(
            (assignment, communicators) -> {
              trainer.diary.add(
                  assignment.rank()
                      + " of "
                      + assignment.mesh().size()
                      + " epoch "
                      + assignment.epoch()
                      + " from "
                      + assignment.start()
                      + " on "
                      + Thread.currentThread().getName());
              return trainer;
            });
    agent.expectMessageClass(RankReady.class);

    assertEquals(
        List.of("3 of 4 epoch 5 from Checkpoint[folder=/c/step-10] on rank-3"), trainer.diary);
    rank.tell(new ReleaseRanks(FENCE));
    expectStopped(rank);
  }

  @Test
  void aCommitDoesAllItOrdersWithoutAnotherWord() {
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new PrepareStep(FENCE, 11));
    agent.expectMessage(new RankPrepared(FENCE, 3, 11, RESULT, RankSet.none(), 0));

    rank.tell(new CommitStep(FENCE, 11, true, true, true, true, true));
    agent.expectMessage(new RankValidated(FENCE, 3, 11, LOSSES));
    agent.expectMessage(new RankSampled(FENCE, 3, 11, new TreeMap<>(Map.of(2, "text"))));
    agent.expectMessage(new RankPrepared(FENCE, 3, 12, RESULT, RankSet.none(), 0));
    rank.tell(new WriteShard(FENCE, 11, "/c/.step-11"));
    agent.expectMessage(new RankSaved(FENCE, 3, 11, null));
    rank.tell(new ReleaseRanks(FENCE));

    expectStopped(rank);
    assertEquals(
        List.of(
            "prepare 11",
            "commit 11",
            "snapshot 11",
            "validate 11",
            "sample 11",
            "prepare 12",
            "write 11 to /c/.step-11",
            "free 11",
            "close"),
        trainer.diary);
  }

  @Test
  void ordersOfAnotherEpochOrStepOrThatComeTwiceHaveNoEffect() {
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new PrepareStep(FENCE.next(), 11));
    rank.tell(new PrepareStep(FENCE, 12));
    rank.tell(new CommitStep(FENCE, 11, true, false, false, false));
    rank.tell(new PrepareStep(FENCE, 11));
    rank.tell(new PrepareStep(FENCE, 11));
    rank.tell(new CommitStep(new Fence(0, 5), 11, true, false, false, true));
    rank.tell(new CommitStep(FENCE, 12, true, false, false, true));
    rank.tell(new CommitStep(FENCE, 11, true, false, false, true));
    rank.tell(new CommitStep(FENCE, 11, true, false, false, true));
    rank.tell(new TakeSnapshot(FENCE, 10));
    rank.tell(new AbortEpoch(FENCE.next(), "other"));
    rank.tell(new ReleaseRanks(FENCE));

    agent.expectMessage(new RankPrepared(FENCE, 3, 11, RESULT, RankSet.none(), 0));
    agent.expectMessage(new RankPrepared(FENCE, 3, 12, RESULT, RankSet.none(), 0));
    expectStopped(rank);
    assertEquals(List.of("prepare 11", "commit 11", "prepare 12", "close"), trainer.diary);
  }

  @Test
  void anAbortEndsTheCollectiveUnderWayAndDropsWhatIsQueued() {
    trainer.hold = true;
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new PrepareStep(FENCE, 11));
    rank.tell(new CommitStep(FENCE, 11, true, false, true, true));

    rank.tell(new AbortEpoch(FENCE, "rank 1 failed"));

    agent.expectMessage(
        new RankFailed(
            FENCE, 3, Category.PEER, "CommunicatorAbortedException: rank 1 failed", true));
    expectStopped(rank);
    assertFalse(trainer.diary.contains("commit 11"));
    assertTrue(trainer.diary.contains("abort 5"));
  }

  @Test
  void aUsersFailureKeepsItsCategoryAndIsToldOnce() {
    trainer.hold = true;
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new PrepareStep(FENCE, 11));
    rank.tell(new CommitStep(FENCE, 11, true, true, true, true));
    trainer.fail(TroupeException.data("token 70000 >= model.vocab=65536"));

    agent.expectMessage(
        new RankFailed(FENCE, 3, Category.DATA, "token 70000 >= model.vocab=65536", false));
    RankSaved saved = agent.expectMessageClass(RankSaved.class);
    assertEquals(11, saved.step());
    rank.tell(new AbortEpoch(FENCE, "rank 3 failed"));
    expectStopped(rank);
  }

  @Test
  void aTrainerThatCannotBeMadeIsReported() {
    ActorRef<WorkerCommand> rank =
        start(
            (assignment, communicators) -> {
              throw TroupeException.resource("7 GB needed, 4 GB free");
            });

    agent.expectMessage(
        new RankFailed(FENCE, 3, Category.RESOURCE, "7 GB needed, 4 GB free", false));
    rank.tell(new AbortEpoch(FENCE, "rank 3 failed"));
    agent.expectMessage(new RankStopped(FENCE, 3));
    agent.expectTerminated(rank);
  }

  @Test
  void aSnapshotThatNobodyWantsIsFreed() {
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new TakeSnapshot(FENCE, 10));
    rank.tell(new DropSnapshot(FENCE, 10));
    rank.tell(new WriteShard(FENCE, 10, "/c/.step-10"));
    rank.tell(new PrepareStep(FENCE, 11));
    agent.expectMessage(new RankPrepared(FENCE, 3, 11, RESULT, RankSet.none(), 0));
    rank.tell(new ReleaseRanks(FENCE));

    expectStopped(rank);
    assertTrue(trainer.diary.contains("free 10"), trainer.diary.toString());
    assertFalse(trainer.diary.contains("write 10 to /c/.step-10"));
  }

  @Test
  void aSnapshotThatIsNotWrittenWhenTheEpochEndsIsFreedAndReported() {
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new TakeSnapshot(FENCE, 10));
    rank.tell(new AbortEpoch(FENCE, "x"));

    assertEquals(10, agent.expectMessageClass(RankSaved.class).step());
    expectStopped(rank);
    assertEquals(trainer.diary.contains("snapshot 10"), trainer.diary.contains("free 10"));
  }

  @Test
  void aFullDiskIsReportedAndTrainingGoesOn() {
    trainer.writeFailure = new IOException("No space left on device");
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new TakeSnapshot(FENCE, 10));
    rank.tell(new WriteShard(FENCE, 10, "/c/.step-10"));

    agent.expectMessage(new RankSaved(FENCE, 3, 10, "IOException: No space left on device"));
    rank.tell(new PrepareStep(FENCE, 11));
    agent.expectMessage(new RankPrepared(FENCE, 3, 11, RESULT, RankSet.none(), 0));
    rank.tell(new ReleaseRanks(FENCE));
    expectStopped(rank);
  }

  @Test
  void aRankThatRetiresAbortsKeepsTheCommittedStateAndEnds() {
    trainer.hold = true;
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new PrepareStep(FENCE, 11));
    Fence next = FENCE.next();

    rank.tell(new RetireRanks(next, 10, 5, RankSet.none(), "rank 0 was lost"));
    trainer.fail(new CommunicatorAbortedException("rank 0 was lost"));

    agent.fishForMessage(
        Duration.ofSeconds(10),
        message ->
            message.equals(new RankRetired(next, 3, List.of()))
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
    agent.expectTerminated(rank);
    assertTrue(trainer.diary.contains("abort 5"), trainer.diary.toString());
    assertTrue(
        trainer.diary.indexOf("keep 10") < trainer.diary.indexOf("close"),
        trainer.diary.toString());
    assertTrue(trainer.diary.contains("keep 10"), trainer.diary.toString());
  }

  @Test
  void aRankThatIsNotBelievedKeepsNothing() {
    ActorRef<WorkerCommand> rank = ready();
    Fence next = FENCE.next();

    rank.tell(new RetireRanks(next, 10, 5, RankSet.of(3), "its replica is damaged"));

    agent.expectMessage(new RankRetired(next, 3, List.of()));
    assertFalse(trainer.diary.contains("keep 10"), trainer.diary.toString());
  }

  @Test
  void aStepMayCountWithoutAnUpdate() {
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new PrepareStep(FENCE, 11));
    agent.expectMessage(new RankPrepared(FENCE, 3, 11, RESULT, RankSet.none(), 0));

    rank.tell(new CommitStep(FENCE, 11, false, false, false, true));

    agent.expectMessage(new RankPrepared(FENCE, 3, 12, RESULT, RankSet.none(), 0));
    assertTrue(trainer.diary.contains("skip 11"), trainer.diary.toString());
    rank.tell(new ReleaseRanks(FENCE));
    expectStopped(rank);
  }

  @Test
  void stoppingTheActorAbortsItsEpoch() {
    trainer.hold = true;
    ActorRef<WorkerCommand> rank = ready();
    rank.tell(new PrepareStep(FENCE, 11));

    KIT.stop(rank);

    agent.expectTerminated(rank);
    assertTrue(trainer.diary.contains("abort 5"));
  }
}
