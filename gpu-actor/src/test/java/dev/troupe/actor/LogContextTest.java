package dev.troupe.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.WorkerCommand;
import dev.troupe.train.StateVault;
import dev.troupe.train.TrainerFactory;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class LogContextTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Map<String, String> EXPECTED = Map.of("rank", "3", "epoch", "5");

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void aRanksThreadAndItsActorTellRankAndEpoch() {
    CompletableFuture<Map<String, String>> ofThread = new CompletableFuture<>();
    TrainerFactory failing =
        (assignment, communicators) -> {
          ofThread.complete(MDC.getCopyOfContextMap());
          throw new IllegalStateException("a defect");
        };
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Logger log = (Logger) LoggerFactory.getLogger(RankActor.class);
    log.addAppender(lines);
    try {
      TestProbe<AgentCommand> agent = KIT.createTestProbe();
      ActorRef<WorkerCommand> rank =
          KIT.spawn(
              GpuActor.create(
                  new RankRuntime(
                      "p",
                      failing,
                      new ScriptedTrainer(0),
                      text -> TestJobs.job(),
                      new StateVault())));
      rank.tell(
          new StartRank(
              new Fence(1, 5),
              new MeshJob("job", 2, 2, null, 0),
              new RankPlace(3, 0),
              agent.ref()));
      agent.expectMessageClass(RankFailed.class); // told after it is logged
    } finally {
      log.detachAppender(lines);
    }
    assertEquals(EXPECTED, ofThread.orTimeout(10, TimeUnit.SECONDS).join());
    Map<String, String> ofActor = lines.list.getFirst().getMDCPropertyMap();
    EXPECTED.forEach((key, value) -> assertEquals(value, ofActor.get(key), ofActor::toString));
  }

  @Test
  void aThreadThatWritesASnapshotTellsThemToo() {
    CompletableFuture<Map<String, String>> seen = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(LogContext.around(3, 5, () -> seen.complete(MDC.getCopyOfContextMap())));
    assertEquals(EXPECTED, seen.orTimeout(10, TimeUnit.SECONDS).join());
  }
}
