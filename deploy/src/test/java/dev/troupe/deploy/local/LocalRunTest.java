package dev.troupe.deploy.local;

import static dev.troupe.deploy.local.LocalRunFixture.await;
import static dev.troupe.deploy.local.LocalRunFixture.start;
import static dev.troupe.deploy.local.LocalRunFixture.steps;
import static dev.troupe.deploy.local.TestJobs.job;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunResult.Outcome;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.proto.error.Category;
import dev.troupe.train.Assignment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import sun.misc.Signal;

@Timeout(60)
class LocalRunTest {
  @TempDir private Path dir;
  private FolderStore store;

  @BeforeEach
  void makeStore() {
    store = new FolderStore(dir);
  }

  @Test
  void fourRanksTrainFiftyStepsAndSave() throws Exception {
    RecordedRun heard = new RecordedRun();

    RunResult result = await(start(job(2, 2, 50, 20, 25), new FakeCluster(), store, heard));

    assertEquals(RunResult.completed(50), result);
    assertEquals(0, result.exitCode());
    assertEquals(steps(1, 50), heard.all(StepRecord.class).stream().map(StepRecord::step).toList());
    assertEquals(5.0 / 50, heard.all(StepRecord.class).getLast().loss());
    assertEquals(
        List.of(25L, 50L),
        heard.all(ValidationRecord.class).stream().map(ValidationRecord::step).toList());
    assertEquals(
        List.of(1000L, 1001L, 1002L, 1003L), heard.all(RunReady.class).getFirst().memoryBytes());
    CheckpointRecord last = heard.all(CheckpointRecord.class).getLast();
    assertEquals(50, last.step());
    assertEquals("50", Files.readString(last.path().resolve("rank-3")));
    assertTrue(store.names().contains("step-20"), store.names().toString());
  }

  @Test
  void everyMessageCrossesProtobuf() throws Exception {
    RecordedRun heard = new RecordedRun();
    await(start(job(2, 2, 4, 2, 2, 3), new FakeCluster(), store, heard));

    assertEquals(
        List.of("Once|text 3", "Twice|text 3", "Once|text 4", "Twice|text 4"),
        heard.all(SamplesRecord.class).stream()
            .flatMap(record -> record.samples().stream())
            .map(sample -> sample.prompt() + "|" + sample.text())
            .toList());
    assertTrue(
        CountingSerializer.seen()
            .containsAll(
                Stream.of(
                        "RegisterNode AssignRanks StartRank RankReady NodeReady PrepareStep"
                            + " RankPrepared NodePrepared CommitStep RetireRanks NodeRetired RankValidated NodeValidated"
                            + " RankSampled NodeSampled WriteShard RankSaved NodeSaved ReleaseRanks RankStopped NodeStopped")
                    .flatMap(names -> Stream.of(names.split(" ", -1)))
                    .map(name -> "3:" + name)
                    .toList()),
        CountingSerializer.seen().toString());
  }

  @Test
  void theListenerHearsEverythingInOrderOnOneThread() throws Exception {
    RecordedRun heard = new RecordedRun();

    RunResult result = await(start(job(1, 2, 5, 0, 0), new FakeCluster(), store, heard));

    assertEquals(1, heard.threads());
    assertEquals("node-joined", heard.events().getFirst());
    assertEquals("mesh-planned", heard.events().get(1));
    assertInstanceOf(RunHeader.class, heard.all().get(2));
    assertInstanceOf(RunReady.class, heard.all().get(3));
    assertEquals(result, heard.all().getLast());
  }

  @Test
  void aRequestToStopFinishesTheStepAndSaves() throws Exception {
    CountDownLatch fiveSteps = new CountDownLatch(5);
    RecordedRun heard =
        new RecordedRun() {
          @Override
          public void onStep(StepRecord step) {
            super.onStep(step);
            fiveSteps.countDown();
          }
        };
    LocalRun run = start(job(2, 2, 1_000_000, 0, 0), new FakeCluster(), store, heard);
    try (StopSignals signals = new StopSignals(run::requestStop)) {
      fiveSteps.await();
      Signal.raise(new Signal("TERM"));
      RunResult result = await(run);

      assertEquals(Outcome.STOPPED, result.outcome());
      assertEquals("SIGTERM", result.message());
      assertEquals(0, result.exitCode());
      assertEquals(result.step(), heard.all(StepRecord.class).getLast().step());
      assertEquals(List.of("step-" + result.step()), store.names());
    }
  }

  @Test
  void aSecondRequestToStopEndsAtOnce() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch forever = new CountDownLatch(1);
    FakeCluster hangs =
        new FakeCluster() {
          @Override
          void at(Point point, int rank, long step) {
            if (point == Point.PREPARE && rank == 0 && step == 3) {
              reached.countDown();
              awaitQuietly(forever);
            }
          }
        };
    RecordedRun heard = new RecordedRun();
    LocalRun run =
        start(
            job(2, 2, 50, 0, 0),
            null,
            0,
            LocalRunFixture.quick(Duration.ofMinutes(1)),
            hangs,
            store,
            heard);
    reached.await();
    run.requestStop("SIGINT");
    run.requestStop("SIGINT");
    RunResult result = await(run);
    forever.countDown();

    assertEquals(RunResult.aborted(2, "SIGINT"), result);
    assertEquals(130, result.exitCode());
    assertEquals(List.of(), store.names());
  }

  @Test
  void trainingGoesOnWhileACheckpointIsWritten() throws Exception {
    CountDownLatch later = new CountDownLatch(1);
    FakeCluster cluster =
        new FakeCluster() {
          @Override
          void at(Point point, int rank, long step) {
            if (point == Point.WRITE && step == 10) {
              awaitQuietly(later);
            }
          }
        };
    RecordedRun heard =
        new RecordedRun() {
          @Override
          public void onStep(StepRecord step) {
            super.onStep(step);
            if (step.step() == 25) {
              later.countDown();
            }
          }
        };

    RunResult result = await(start(job(2, 2, 60, 10, 0), cluster, store, heard));

    assertEquals(RunResult.completed(60), result);
    assertEquals(10, heard.all(CheckpointRecord.class).getFirst().step());
    assertTrue(heard.events().contains("checkpoint-deferred"), heard.events().toString());
    assertEquals(60, heard.all(CheckpointRecord.class).getLast().step());
  }

  @Test
  void aRunResumesAtItsCheckpoint() throws Exception {
    RecordedRun heard = new RecordedRun();

    RunResult result =
        await(
            start(
                job(2, 1, 25, 0, 0),
                dir.resolve("step-20"),
                20,
                Timeouts.defaults(),
                new FakeCluster(),
                store,
                heard));

    assertEquals(RunResult.completed(25), result);
    assertEquals(
        steps(21, 25), heard.all(StepRecord.class).stream().map(StepRecord::step).toList());
  }

  @Test
  void aRankThatLoadedAnotherStepEndsTheRun() throws Exception {
    RunResult result =
        await(
            start(
                job(2, 1, 25, 0, 0),
                dir.resolve("step-19"),
                19,
                Timeouts.defaults(),
                new FakeCluster() {
                  @Override
                  long loaded(Assignment assignment) {
                    return 20;
                  }
                },
                store,
                new RecordedRun()));

    assertEquals(Category.DATA, result.category());
    assertTrue(result.message().contains("loaded step 20"), result.message());
  }

  @Test
  void aListenerThatFailsCostsNothing() throws Exception {
    RecordedRun broken =
        new RecordedRun() {
          @Override
          public void onStep(StepRecord step) {
            throw new IllegalStateException("disk full");
          }
        };

    assertEquals(
        RunResult.completed(5), await(start(job(1, 1, 5, 0, 0), new FakeCluster(), store, broken)));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
