package dev.troupe.deploy.control;

import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.DropSnapshot;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RankPrepared;
import dev.troupe.proto.message.RankReady;
import dev.troupe.proto.message.RankSampled;
import dev.troupe.proto.message.RankSaved;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RankValidated;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.TakeSnapshot;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.message.WorkerCommand;
import dev.troupe.proto.message.WriteShard;
import java.util.List;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Stands for a GPU actor: gives the protocol's answers at once, without a thread or a device, so
 * that tens of thousands fit in one process. What it is told must be in order.
 */
final class SimulatedRank {
  private static final StepResult RESULT = new StepResult(1, 1, 1, 1);

  private static final ValidationResult LOSSES = new ValidationResult(1, List.of());

  private final Fence fence;
  private final int rank;
  private final ActorRef<AgentCommand> agent;

  private SimulatedRank(StartRank start) {
    this.fence = start.fence();
    this.rank = start.place().rank();
    this.agent = start.agent();
  }

  static Behavior<WorkerCommand> create() {
    return Behaviors.receiveMessage(
        command -> command instanceof StartRank start ? started(start) : Behaviors.same());
  }

  private static Behavior<WorkerCommand> started(StartRank start) {
    SimulatedRank simulated = new SimulatedRank(start);
    RankState state = new RankState(simulated.rank, start.job().resumeStep(), 0);
    simulated.agent.tell(new RankReady(simulated.fence, state));
    return Behaviors.receiveMessage(
        command -> command instanceof RankOrder order ? simulated.obey(order) : Behaviors.same());
  }

  private Behavior<WorkerCommand> obey(RankOrder order) {
    switch (order) {
      case PrepareStep prepare -> prepared(prepare.step());
      case CommitStep commit -> {
        if (commit.validate()) {
          agent.tell(new RankValidated(fence, rank, commit.step(), LOSSES));
        }
        if (commit.sample()) {
          agent.tell(new RankSampled(fence, rank, commit.step(), new TreeMap<>()));
        }
        if (commit.prepareNext()) {
          prepared(commit.step() + 1);
        }
      }
      case WriteShard write -> agent.tell(new RankSaved(fence, rank, write.step(), null));
      case TakeSnapshot take -> {}
      case DropSnapshot drop -> {}
      case ReleaseRanks release -> {
        return stopped();
      }
      case AbortEpoch abort -> {
        return stopped();
      }
    }
    return Behaviors.same();
  }

  private void prepared(long step) {
    agent.tell(new RankPrepared(fence, rank, step, RESULT, RankSet.none(), 0));
  }

  private Behavior<WorkerCommand> stopped() {
    agent.tell(new RankStopped(fence, rank));
    return Behaviors.stopped();
  }
}
