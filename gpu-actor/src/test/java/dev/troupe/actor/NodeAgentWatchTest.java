package dev.troupe.actor;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.WorkerCommand;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class NodeAgentWatchTest {
  private static final ActorTestKit KIT = ActorTestKit.create();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void aRankThatEndsWithoutAWordIsAnsweredFor() {
    Fence fence = new Fence(1, 1);
    TestProbe<CoordinatorCommand> coordinator = KIT.createTestProbe();
    ActorRef<AgentCommand> agent =
        KIT.spawn(
            NodeAgent.create(
                NodeDevices.inProcess(
                    new NodeInfo("n", List.of()),
                    place -> Behaviors.receiveMessage((WorkerCommand any) -> Behaviors.stopped())),
                coordinator.ref(),
                ended -> {}));
    coordinator.expectMessageClass(RegisterNode.class);

    agent.tell(
        new AssignRanks(fence, new MeshJob("job", 1, 1, null, 0), List.of(new RankPlace(0, 0))));

    coordinator.expectMessage(
        new RankFailed(fence, 0, Category.PEER, "its actor on node n ended unexpectedly", false));
    coordinator.expectMessage(new NodeStopped(fence, RankSet.of(0)));
  }
}
