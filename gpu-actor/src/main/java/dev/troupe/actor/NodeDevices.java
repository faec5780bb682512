package dev.troupe.actor;

import dev.troupe.proto.message.InjectFault;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.WorkerCommand;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;

/** What an agent has of its node. Called by the agent's thread; none of it waits. */
public interface NodeDevices {
  /** What the node is and offers now; processes that ended are left out until they are back. */
  NodeInfo info();

  /** The behaviour of the actor that will be the rank at {@code place}. */
  Behavior<WorkerCommand> at(RankPlace place);

  /** Ends the process of a rank that hangs, at once; the rank's actor then ends. */
  void kill(RankPlace place, String why);

  /**
   * Brings a fault about, for a test of recovery, where the node was started for such tests. What
   * ends this process takes effect a moment later, so that the answer can be sent.
   *
   * @return why not; empty where it is done
   */
  default String inject(InjectFault order) {
    return "this node was not started for fault injection";
  }

  /** Of ranks that share the agent's process: a thread that hangs cannot be ended from outside. */
  static NodeDevices inProcess(NodeInfo info, Function<RankPlace, Behavior<WorkerCommand>> actors) {
    return new NodeDevices() {
      @Override
      public NodeInfo info() {
        return info;
      }

      @Override
      public Behavior<WorkerCommand> at(RankPlace place) {
        return actors.apply(place);
      }

      @Override
      public void kill(RankPlace place, String why) {}
    };
  }
}
