package dev.troupe.coordinator.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunHeader;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunReady;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.SamplesRecord;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.TestJobs;
import dev.troupe.coordinator.ValidationRecord;
import dev.troupe.coordinator.journal.Journal;
import dev.troupe.coordinator.journal.MemoryJournal;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.Vote;
import dev.troupe.proto.message.WriteShard;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class CoordinatorActorTest {
  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final Fence FENCE = new Fence(1, 1);

  private final Journal journal = new MemoryJournal();
  private final CompletableFuture<RunResult> finished = new CompletableFuture<>();
  private final TestProbe<AgentCommand> agent = KIT.createTestProbe();
  private final Set<String> storeThreads = ConcurrentHashMap.newKeySet();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  private ActorRef<CoordinatorCommand> spawn(int nodes) {
    return KIT.spawn(
        CoordinatorActor.create(
            new CoordinatorActor.Parts(
                TestJobs.settings(TestJobs.job(1, nodes, 1, 0, 0), nodes),
                journal,
                new ThreadStore(),
                new SilentListener(),
                TransitionObserver.NONE),
            finished::complete));
  }

  private static void register(
      ActorRef<CoordinatorCommand> coordinator, String node, TestProbe<AgentCommand> agent) {
    coordinator.tell(
        new RegisterNode(
            new NodeInfo(node, List.of(new DeviceInfo(0, "cpu", "cpu", 0))), agent.ref()));
  }

  private RunResult result() throws Exception {
    return finished.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aRunGoesThroughAllOrdersAndCallsTheStoreOffTheActorsThreads() throws Exception {
    ActorRef<CoordinatorCommand> coordinator = spawn(1);
    RankSet zero = RankSet.of(0);
    register(coordinator, "a", agent);
    retire(coordinator, FENCE);
    assertEquals(FENCE, agent.expectMessageClass(AssignRanks.class).fence());
    coordinator.tell(new NodeReady(FENCE, List.of(new RankState(0, 0, 1))));
    agent.expectMessage(new PrepareStep(FENCE, 1));
    coordinator.tell(
        new NodePrepared(
            FENCE,
            1,
            List.of(new Vote<>(new StepResult(1, 1, 1, 1), zero)),
            RankSet.none(),
            List.of()));
    agent.expectMessage(new CommitStep(FENCE, 1, true, true, false, false));
    agent.expectMessage(new WriteShard(FENCE, 1, "/c/.step-1"));
    coordinator.tell(new NodeSaved(FENCE, 1, zero, new TreeMap<>()));
    agent.expectMessage(new ReleaseRanks(FENCE));
    coordinator.tell(new NodeStopped(FENCE, zero));

    assertEquals(RunResult.completed(1), result());
    agent.expectTerminated(coordinator);
    assertEquals(Set.of("checkpoint-store"), storeThreads);
  }

  private void retire(ActorRef<CoordinatorCommand> coordinator, Fence fence) {
    assertEquals(fence, agent.expectMessageClass(RetireRanks.class).fence());
    coordinator.tell(new NodeRetired(fence, "a", List.of()));
  }

  @Test
  void aRunOutlivesItsOnlyAgent() throws Exception {
    ActorRef<CoordinatorCommand> coordinator = spawn(1);
    register(coordinator, "a", agent);
    retire(coordinator, FENCE);
    agent.expectMessageClass(AssignRanks.class);

    TestProbe<AgentCommand> second = KIT.createTestProbe();
    register(coordinator, "a", second);

    assertEquals(FENCE.next(), second.expectMessageClass(RetireRanks.class).fence());
    coordinator.tell(new NodeRetired(FENCE.next(), "a", List.of()));
    assertEquals(FENCE.next(), second.expectMessageClass(AssignRanks.class).fence());
  }

  @Test
  void anAgentThatDoesNotComeBackIsGivenUp() throws Exception {
    ActorRef<CoordinatorCommand> coordinator = spawn(1);
    register(coordinator, "a", agent);
    retire(coordinator, FENCE);
    agent.expectMessageClass(AssignRanks.class);

    agent.stop();

    assertEquals(Category.PEER, result().category());
  }

  @Test
  void aCoordinatorWhoseTermIsOverEndsWithoutAWord() throws Exception {
    ActorRef<CoordinatorCommand> coordinator = spawn(1);
    TestProbe<CoordinatorCommand> watcher = KIT.createTestProbe();
    register(coordinator, "a", agent);
    retire(coordinator, FENCE);
    agent.expectMessageClass(AssignRanks.class);
    journal.open().toCompletableFuture().join();

    TestProbe<AgentCommand> second = KIT.createTestProbe();
    register(coordinator, "a", second); // another epoch is wanted, and refused

    watcher.expectTerminated(coordinator);
    second.expectNoMessage();
    assertFalse(finished.isDone());
  }

  @Test
  void aRunThatWaitsForNodesCanBeStopped() throws Exception {
    ActorRef<CoordinatorCommand> coordinator = spawn(2);
    register(coordinator, "a", agent);

    coordinator.tell(new RequestStop("SIGINT"));

    assertEquals(RunResult.stopped(0, "SIGINT"), result());
  }

  @Test
  void nodesThatNeverComeAreGivenUpByTheTimer() throws Exception {
    spawn(2);

    assertEquals(Category.RESOURCE, result().category());
  }

  @Test
  void aCoordinatorThatIsStoppedFromAboveLeavesAResult() throws Exception {
    ActorRef<CoordinatorCommand> coordinator = spawn(2);

    KIT.stop(coordinator);

    assertEquals(Category.INTERNAL, result().category());
    assertTrue(result().message().contains("ended before"), result().message());
  }

  private final class ThreadStore implements CheckpointStore {
    @Override
    public Path begin(long step, long epoch) {
      storeThreads.add(Thread.currentThread().getName());
      return Path.of("/c/x/../.step-" + step);
    }

    @Override
    public Path publish(Shards shards) {
      storeThreads.add(Thread.currentThread().getName());
      return Path.of("/c/step-" + shards.step());
    }

    @Override
    public void discard(long step, long epoch, String why) {
      storeThreads.add(Thread.currentThread().getName());
    }

    @Override
    public @Nullable Found newest(long step) {
      storeThreads.add(Thread.currentThread().getName());
      return null;
    }
  }

  private static final class SilentListener implements RunListener {
    @Override
    public void onHeader(RunHeader header) {}

    @Override
    public void onReady(RunReady ready) {}

    @Override
    public void onStep(StepRecord step) {}

    @Override
    public void onValidation(ValidationRecord validation) {}

    @Override
    public void onSamples(SamplesRecord samples) {}

    @Override
    public void onCheckpoint(CheckpointRecord checkpoint) {}

    @Override
    public void onEvent(RunEvent event) {}

    @Override
    public void onFinished(RunResult result) {}
  }
}
