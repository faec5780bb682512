package dev.troupe.coordinator.state;

import static dev.troupe.coordinator.TestJobs.job;
import static dev.troupe.coordinator.TestJobs.settings;
import static dev.troupe.coordinator.state.Script.FENCE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.state.Event.StoreOperation;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.DropSnapshot;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.TakeSnapshot;
import dev.troupe.proto.message.WriteShard;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SavingTest {
  private final Script script = new Script(settings(job(2, 2, 6, 2, 0), 1)).training();

  @Test
  void aCheckpointIsSnapshotWrittenAndPublishedBesideTraining() {
    script.prepared(1).take();

    script.prepared(2);
    assertEquals(List.of(new CommitStep(FENCE, 2, true, true, false, true)), script.orders());
    assertTrue(script.take().contains(new Effect.BeginSave(2, 1)));

    assertEquals(List.of(new WriteShard(FENCE, 2, "/c/.step-2")), script.begun(2).orders());
    script.prepared(3).take();
    assertEquals(
        List.of(new Effect.PublishSave(new CheckpointStore.Shards(2, 1, 2, 2))),
        script.saved(2).take());

    script.now += 3_000_000_000L;
    assertEquals(
        List.of(new CheckpointRecord(2, Path.of("/c/step-2"), 3.0)),
        script.published(2).reports(CheckpointRecord.class));
  }

  @Test
  void oneThatFallsDueMeanwhileIsTakenAtTheFirstCommitAfterwards() {
    script.prepared(1).prepared(2).prepared(3).take();

    script.prepared(4);
    assertEquals(List.of(new CommitStep(FENCE, 4, true, false, false, true)), script.orders());
    assertEquals(List.of("checkpoint-deferred"), script.events());
    script.begun(2).saved(2).published(2).take();
    script.prepared(5);

    assertEquals(new CommitStep(FENCE, 5, true, true, false, true), script.orders().getFirst());
  }

  @Test
  void aShardThatFailsIsAWarningAndTheNextIsTakenWhenDue() {
    script.prepared(1).prepared(2).begun(2).take();

    script.notSaved(2, 1, "disk full");
    assertTrue(script.effects.contains(new Effect.DiscardSave(2, 1, "rank 1: disk full")));
    assertEquals(List.of("checkpoint-failed"), script.events());
    script.take();

    assertEquals(
        new CommitStep(FENCE, 3, true, false, false, true), script.prepared(3).orders().getFirst());
    script.take();
    assertEquals(
        new CommitStep(FENCE, 4, true, true, false, true), script.prepared(4).orders().getFirst());
  }

  @Test
  void aFolderThatCannotBeMadeFreesTheSnapshots() {
    script.prepared(1).prepared(2).take();

    script.on(new Event.StoreFailed(2, 1, StoreOperation.BEGIN, Category.RESOURCE, "read-only"));

    assertEquals(List.of(new DropSnapshot(FENCE, 2)), script.orders());
    assertEquals(List.of("checkpoint-failed"), script.events());
  }

  @Test
  void whatCannotBePublishedIsDiscarded() {
    script.prepared(1).prepared(2).begun(2).saved(2).take();

    script.on(new Event.StoreFailed(2, 1, StoreOperation.PUBLISH, Category.RESOURCE, "full"));

    assertTrue(script.effects.contains(new Effect.DiscardSave(2, 1, "full")));
    assertEquals(List.of("checkpoint-failed"), script.events());
  }

  @Test
  void writingThatTakesTooLongIsGivenUp() {
    script.prepared(1).prepared(2).begun(2);
    for (long step = 3; step <= 5; step++) {
      script.after(2.9).prepared(step);
    }
    script.take();

    script.after(40);

    assertTrue(
        script.effects.contains(new Effect.DiscardSave(2, 1, "writing was not done within 40 s")));
  }

  @Test
  void aFolderThatComesTooLateIsDiscarded() {
    script.prepared(1).prepared(2);
    script.on(new Event.StoreFailed(2, 1, StoreOperation.BEGIN, Category.RESOURCE, "x")).take();

    assertEquals(List.of(new Effect.DiscardSave(2, 1, "it was given up")), script.begun(2).take());
  }

  @Test
  void theLastStepIsSavedBeforeRanksAreReleased() {
    script.prepared(1).prepared(2).begun(2).saved(2).published(2);
    script.prepared(3).prepared(4).begun(4).saved(4).published(4).prepared(5).take();

    script.prepared(6);
    assertEquals(List.of(new CommitStep(FENCE, 6, true, true, false, false)), script.orders());
    script.begun(6).saved(6).take();
    assertEquals(List.of(new ReleaseRanks(FENCE)), script.published(6).orders());

    assertEquals(List.of(RunResult.completed(6)), script.stopped().reports(RunResult.class));
  }

  @Test
  void aCheckpointUnderWayAtTheEndIsWaitedForAndFollowedByTheLast() {
    for (long step = 1; step <= 6; step++) {
      script.prepared(step);
    }
    script.take();

    script.begun(2).saved(2).take();
    script.published(2);
    assertEquals(List.of(new TakeSnapshot(FENCE, 6)), script.orders());
    script.take();

    script.begun(6).saved(6).published(6);
    assertEquals(new ReleaseRanks(FENCE), script.orders().getLast());
  }

  @Test
  void aLastCheckpointThatFailsFailsTheRun() {
    for (long step = 1; step <= 6; step++) {
      script.prepared(step).begun(step).saved(step);
      if (step < 6) {
        script.published(step);
      }
    }
    script.on(new Event.StoreFailed(6, 1, StoreOperation.PUBLISH, Category.RESOURCE, "disk full"));

    RunResult result = script.stopped().reports(RunResult.class).getFirst();
    assertEquals(4, result.exitCode());
    assertTrue(result.message().contains("of step 6"), result.message());
    assertTrue(result.message().contains("The last checkpoint has step 4"), result.message());
  }
}
