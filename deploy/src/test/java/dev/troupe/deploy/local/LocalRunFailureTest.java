package dev.troupe.deploy.local;

import static dev.troupe.deploy.local.LocalRunFixture.await;
import static dev.troupe.deploy.local.LocalRunFixture.start;
import static dev.troupe.deploy.local.TestJobs.job;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.actor.RankRuntime;
import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.coordinator.actor.CoordinatorActor;
import dev.troupe.coordinator.actor.TransitionObserver;
import dev.troupe.coordinator.journal.MemoryJournal;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.train.StateVault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalRunFailureTest {
  @TempDir private Path dir;
  private final RecordedRun heard = new RecordedRun();
  private FolderStore store;

  @BeforeEach
  void makeStore() {
    store = new FolderStore(dir);
  }

  @Test
  void tooLittleMemoryOnOneRankEndsTheRunWithItsReason() throws Exception {
    FakeCluster cluster =
        new FakeCluster() {
          @Override
          void at(Point point, int rank, long step) {
            if (point == Point.CREATE && rank == 2) {
              throw TroupeException.resource("model needs 7 GB, 4 GB are free; raise parallel.tp");
            }
          }
        };

    RunResult result = await(start(job(2, 2, 50, 0, 0), cluster, store, heard));

    assertEquals(
        RunResult.failed(
            0, Category.RESOURCE, "rank 2: model needs 7 GB, 4 GB are free; raise parallel.tp"),
        result);
    assertEquals(4, result.exitCode());
  }

  @Test
  void anExceptionInAStepEndsTheRunAsADefect() throws Exception {
    FakeCluster cluster =
        new FakeCluster() {
          @Override
          void at(Point point, int rank, long step) {
            if (point == Point.PREPARE && rank == 1 && step == 7) {
              throw new IllegalStateException("planted");
            }
          }
        };

    RunResult result = await(start(job(2, 2, 50, 0, 0), cluster, store, heard));

    assertEquals(
        RunResult.failed(6, Category.INTERNAL, "rank 1: IllegalStateException: planted"), result);
    assertEquals(70, result.exitCode());
  }

  @Test
  void aLossThatIsNotANumberIsNeverCommitted() throws Exception {
    FakeCluster cluster =
        new FakeCluster() {
          @Override
          double loss(int rank, long step) {
            return step == 9 ? Double.NaN : super.loss(rank, step);
          }
        };

    RunResult result = await(start(job(2, 2, 50, 5, 0), cluster, store, heard));

    assertEquals(8, result.step());
    assertEquals(Category.DATA, result.category());
    assertTrue(result.message().startsWith("step 9: the loss is NaN"), result.message());
    assertEquals(8, heard.all(StepRecord.class).getLast().step());
  }

  @Test
  void aRankWithOtherBitsIsNamed() throws Exception {
    FakeCluster cluster =
        new FakeCluster() {
          @Override
          double loss(int rank, long step) {
            double loss = super.loss(rank, step);
            return rank == 3 && step == 4 ? Math.nextUp(loss) : loss;
          }
        };

    RunResult result = await(start(job(2, 2, 50, 0, 0), cluster, store, heard));

    assertEquals(3, result.step());
    assertEquals(Category.PEER, result.category());
    assertTrue(result.message().contains("ranks 3 (local) found"), result.message());
  }

  @Test
  void aShardThatCannotBeWrittenIsAWarningAndTheNextCheckpointIsMade() throws Exception {
    FakeCluster cluster =
        new FakeCluster() {
          @Override
          void at(Point point, int rank, long step) throws IOException {
            if (point == Point.WRITE && rank == 1 && step == 20) {
              throw new IOException("No space left on device");
            }
          }
        };

    RunResult result = await(start(job(2, 2, 50, 20, 0), cluster, store, heard));

    assertEquals(RunResult.completed(50), result);
    assertTrue(heard.events().contains("checkpoint-failed"), heard.events().toString());
    assertTrue(heard.all(CheckpointRecord.class).stream().noneMatch(one -> one.step() == 20));
    assertTrue(store.names().stream().noneMatch(".step-20"::equals), store.names().toString());
  }

  @Test
  void aFinalCheckpointThatCannotBePublishedFailsTheRun() throws Exception {
    FolderStore full =
        new FolderStore(dir) {
          @Override
          public Path publish(Shards shards) throws IOException {
            if (shards.step() == 30) {
              throw new IOException("No space left on device");
            }
            return super.publish(shards);
          }
        };

    RunResult result = await(start(job(2, 2, 30, 0, 0), new FakeCluster(), full, heard));

    assertEquals(Category.RESOURCE, result.category());
    assertEquals(4, result.exitCode());
    assertTrue(result.message().contains("No space left on device"), result.message());
  }

  @Test
  void aFolderThatCannotBeMadeFailsTheFinalCheckpoint() throws Exception {
    FolderStore readOnly =
        new FolderStore(dir) {
          @Override
          public Path begin(long step, long epoch) {
            throw TroupeException.resource("checkpoint.dir=" + dir + " cannot be written");
          }
        };

    RunResult result = await(start(job(2, 2, 10, 3, 0), new FakeCluster(), readOnly, heard));

    assertEquals(10, result.step());
    assertEquals(Category.RESOURCE, result.category());
    assertTrue(result.message().contains("cannot be written"), result.message());
  }

  @Test
  void aRankThatHangsInThisProcessEndsTheRun() throws Exception {
    CountDownLatch forever = new CountDownLatch(1);
    FakeCluster cluster =
        new FakeCluster() {
          @Override
          void at(Point point, int rank, long step) {
            if (point == Point.PREPARE && rank == 2 && step == 3) {
              try {
                forever.await();
              } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
              }
            }
          }
        };

    RunResult result =
        await(
            start(
                job(2, 2, 50, 0, 0),
                null,
                0,
                LocalRunFixture.quick(Duration.ofMillis(300)),
                cluster,
                store,
                heard));
    forever.countDown();

    assertEquals(Category.PEER, result.category());
    assertEquals(2, result.step());
    assertTrue(result.message().contains("did not prepare step 3 within"), result.message());
    assertTrue(heard.events().contains("waiting-for-nodes"), heard.events().toString());
  }

  @Test
  void aMeshThatDoesNotFitSaysWhatIsMissing() throws Exception {
    RunResult result =
        await(
            LocalRun.start(
                new CoordinatorActor.Parts(
                    new RunSettings(
                        job(4, 1, 5, 0, 0), "test = 1", null, 0, 1, Timeouts.defaults()),
                    new MemoryJournal(),
                    store,
                    heard,
                    TransitionObserver.NONE),
                List.of(new DeviceInfo(0, "cpu", "cpu:0", 0)),
                new RankRuntime(
                    "local",
                    new FakeCluster(),
                    new FakeCluster(),
                    text -> job(4, 1, 5, 0, 0),
                    new StateVault())));

    assertEquals(Category.RESOURCE, result.category());
    assertTrue(result.message().contains("Missing: 1 groups"), result.message());
  }
}
