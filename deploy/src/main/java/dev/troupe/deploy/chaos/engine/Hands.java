package dev.troupe.deploy.chaos.engine;

import dev.troupe.deploy.chaos.inject.NodeFaults;
import dev.troupe.deploy.chaos.inject.ProcessPause;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.proto.message.RequestStop;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/** What faults are brought about with. Thread-safe. */
final class Hands {
  private final Map<String, ActorRef<AgentCommand>> agents = new ConcurrentHashMap<>();
  private volatile @Nullable ActorRef<CoordinatorCommand> coordinator;

  /** A node registered. */
  void know(String node, ActorRef<AgentCommand> agent) {
    agents.put(node, agent);
  }

  /** The coordinator's own reference. */
  void know(ActorRef<CoordinatorCommand> self) {
    coordinator = self;
  }

  /** Tells a node's agent; returns why not, or nothing. */
  String tell(String node, InjectFault order) {
    ActorRef<AgentCommand> agent = agents.get(node);
    if (agent == null) {
      return "node " + node + " has not registered";
    }
    agent.tell(order);
    return "";
  }

  /** Ends this process as SIGKILL would: nothing more is done, not even on other threads. */
  void halt() {
    Runtime.getRuntime().halt(NodeFaults.KILLED);
  }

  /** Stops this process for a while. */
  String pause(double seconds) {
    return ProcessPause.start(List.of(ProcessHandle.current().pid()), seconds);
  }

  /** Asks the run to end. */
  void stop(String reason) {
    ActorRef<CoordinatorCommand> self = coordinator;
    if (self != null) {
      self.tell(new RequestStop(reason));
    }
  }
}
