package dev.troupe.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.NodeSampled;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.NodeValidated;
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
import dev.troupe.proto.message.RankTime;
import dev.troupe.proto.message.RankValidated;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.message.Vote;
import dev.troupe.proto.message.WorkerCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.actor.testkit.typed.javadsl.BehaviorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.Test;

class NodeAgentTest {
  private static final Fence FENCE = new Fence(1, 5);
  private static final MeshJob JOB = new MeshJob("job", 2, 2, null, 0);
  private static final NodeInfo INFO =
      new NodeInfo("n", List.of(new DeviceInfo(0, "cpu", "cpu", 0)));

  private final List<RunEnded> ends = new ArrayList<>();
  private final TestInbox<CoordinatorCommand> coordinator = TestInbox.create();
  private final BehaviorTestKit<AgentCommand> agent =
      BehaviorTestKit.create(
          NodeAgent.create(
              NodeDevices.inProcess(INFO, place -> Behaviors.empty()),
              coordinator.getRef(),
              ends::add));

  private void assign(Fence fence) {
    agent.run(new AssignRanks(fence, JOB, List.of(new RankPlace(2, 0), new RankPlace(3, 1))));
  }

  private TestInbox<WorkerCommand> rank(int rank, Fence fence) {
    return agent.childInbox("rank-" + rank + "-" + fence.term() + "-" + fence.epoch());
  }

  private void assigned() {
    assign(FENCE);
    coordinator.getAllReceived();
    rank(2, FENCE).getAllReceived();
  }

  @Test
  void itRegistersAndStartsItsRanks() {
    assertEquals(new RegisterNode(INFO, agent.getRef()), coordinator.receiveMessage());

    assign(FENCE);

    rank(3, FENCE).expectMessage(new StartRank(FENCE, JOB, new RankPlace(3, 1), agent.getRef()));
  }

  @Test
  void theEndOfTheRunIsHeardWithOrWithoutRanks() {
    RunEnded first = new RunEnded(new Fence(1, 0), 0, "");
    agent.run(first);
    assign(new Fence(2, 1));
    agent.run(new RunEnded(FENCE, 5, "of a coordinator before this one"));

    assertEquals(List.of(first), ends);
  }

  @Test
  void ordersGoToEveryRankUnlessTheyAreOfAnotherEpoch() {
    assigned();

    agent.run(new PrepareStep(new Fence(1, 4), 1));
    agent.run(new PrepareStep(FENCE, 1));
    assign(new Fence(1, 4));

    assertEquals(List.of(new PrepareStep(FENCE, 1)), rank(2, FENCE).getAllReceived());
  }

  @Test
  void reportsOfItsRanksBecomeOne() {
    assigned();
    StepResult result = new StepResult(1, 2, 3, 4);
    ValidationResult losses = new ValidationResult(0.5, List.of(1.0));
    ValidationResult others = new ValidationResult(0.5, List.of(0.25));

    agent.run(new RankReady(FENCE, new RankState(3, 0, 30)));
    assertEquals(List.of(), coordinator.getAllReceived());
    agent.run(new RankReady(FENCE, new RankState(2, 0, 20)));
    agent.run(new RankPrepared(FENCE, 2, 1, result, RankSet.of(3), 0.5));
    agent.run(new RankPrepared(FENCE, 2, 1, result, RankSet.of(3), 0.5));
    agent.run(new RankPrepared(FENCE, 3, 1, result, RankSet.none(), 0.25));
    agent.run(new RankValidated(FENCE, 2, 1, losses));
    agent.run(new RankValidated(FENCE, 3, 1, others));
    agent.run(new RankSampled(FENCE, 3, 1, new TreeMap<>(Map.of(1, "sat"))));
    agent.run(new RankSampled(FENCE, 2, 1, new TreeMap<>(Map.of(0, "ran"))));
    agent.run(new RankSaved(FENCE, 3, 1, "disk full"));
    agent.run(new RankSaved(FENCE, 2, 1, null));

    RankSet both = RankSet.of(2, 3);
    assertEquals(
        List.of(
            new NodeReady(FENCE, List.of(new RankState(2, 0, 20), new RankState(3, 0, 30))),
            new NodePrepared(
                FENCE,
                1,
                List.of(new Vote<>(result, both)),
                RankSet.of(3),
                List.of(new RankTime(2, 0.5), new RankTime(3, 0.25))),
            new NodeValidated(
                FENCE,
                1,
                List.of(new Vote<>(losses, RankSet.of(2)), new Vote<>(others, RankSet.of(3)))),
            new NodeSampled(FENCE, 1, both, new TreeMap<>(Map.of(0, "ran", 1, "sat"))),
            new NodeSaved(FENCE, 1, RankSet.of(2), new TreeMap<>(Map.of(3, "disk full")))),
        coordinator.getAllReceived());
  }

  @Test
  void aLaterStepDropsWhatWasGatheredForAnEarlierOne() {
    assigned();
    StepResult result = new StepResult(1, 2, 3, 4);

    agent.run(new RankPrepared(FENCE, 2, 1, result, RankSet.none(), 0));
    agent.run(new RankPrepared(FENCE, 2, 2, result, RankSet.none(), 0));
    agent.run(new RankPrepared(FENCE, 3, 1, result, RankSet.none(), 0));
    assertEquals(List.of(), coordinator.getAllReceived());
    agent.run(new RankPrepared(FENCE, 3, 2, result, RankSet.none(), 0));

    assertEquals(1, coordinator.getAllReceived().size());
  }

  @Test
  void failuresAndEndsPassAtOnce() {
    assigned();
    RankFailed failed = new RankFailed(FENCE, 3, Category.DATA, "x", false);

    agent.run(failed);
    agent.run(new RankStopped(FENCE, 3));

    assertEquals(
        List.of(failed, new NodeStopped(FENCE, RankSet.of(3))), coordinator.getAllReceived());
  }

  @Test
  void aNewMeshReplacesTheOldOne() {
    assigned();

    assign(FENCE.next());
    agent.run(new RankStopped(FENCE, 3));

    assertEquals(List.of(), coordinator.getAllReceived());
    assertEquals(1, rank(3, FENCE.next()).getAllReceived().size());
  }

  @Test
  void aNodeThatRetiresTellsWhatItsRanksHoldAndObeysTheNewFenceOnly() {
    assigned();
    Fence next = FENCE.next();
    RetireRanks retire = new RetireRanks(next, 7, 5, RankSet.none(), "a node is gone");

    agent.run(retire);
    assertEquals(List.of(retire), rank(2, FENCE).getAllReceived());
    agent.run(new RankRetired(next, 2, List.of(held(2))));
    assertEquals(List.of(), coordinator.getAllReceived());
    agent.run(new PrepareStep(FENCE, 8));
    agent.run(new RankRetired(next, 3, List.of(held(3), held(2))));

    assertEquals(
        List.of(
            new RegisterNode(INFO, agent.getRef()),
            new NodeRetired(next, "n", List.of(held(2), held(3)))),
        coordinator.getAllReceived());
  }

  private static Holding held(int rank) {
    return new Holding(5, 7, 2, rank - 2, 0, "local", 0);
  }

  @Test
  void aNodeWithoutRanksRetiresAtOnceAndAgainWhenAskedAgain() {
    Fence fence = new Fence(1, 1);
    RetireRanks retire = new RetireRanks(fence, 0, 5, RankSet.none(), "the run begins");
    coordinator.getAllReceived();

    agent.run(retire);
    agent.run(retire);
    agent.run(new RetireRanks(new Fence(1, 0), 0, 5, RankSet.none(), "of a mesh before"));

    assertEquals(
        2, coordinator.getAllReceived().stream().filter(NodeRetired.class::isInstance).count());
  }

  @Test
  void aRankThatEndsWithoutAWordWhileTheNodeRetiresHoldsNothing() {
    assigned();
    Fence next = FENCE.next();

    agent.run(new RetireRanks(next, 7, 5, RankSet.none(), "x"));
    agent.run(new RankFailed(next, 2, Category.PEER, "was killed", false));
    agent.run(new RankStopped(next, 2));
    agent.run(new RankRetired(next, 3, List.of(held(3))));

    assertEquals(
        List.of(
            new RegisterNode(INFO, agent.getRef()), new NodeRetired(next, "n", List.of(held(3)))),
        coordinator.getAllReceived());
  }
}
