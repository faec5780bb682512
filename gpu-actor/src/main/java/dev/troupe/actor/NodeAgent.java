package dev.troupe.actor;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.WorkerCommand;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The actor of one node. It offers the node's devices to the coordinator, starts a GPU actor for
 * each rank it is assigned, passes orders on, makes one report out of its ranks' reports, and
 * answers for a GPU actor that ends without a word. A message of another epoch than the last
 * assigned one has no effect.
 */
public final class NodeAgent extends AbstractBehavior<NodeAgent.Message> {

  /** What the actor receives: the public protocol and the end of a child. */
  sealed interface Message extends NoSerializationVerificationNeeded {}

  private record External(AgentCommand command) implements Message {}

  private record RankGone(Fence fence, int rank) implements Message {}

  private final String node;
  private final ActorRef<CoordinatorCommand> coordinator;
  private final Supplier<Behavior<WorkerCommand>> gpuActors;
  private final ActorRef<AgentCommand> self;
  private final SortedMap<Integer, ActorRef<WorkerCommand>> ranks = new TreeMap<>();
  private Fence fence = new Fence(0, 0);
  private NodeReports reports = new NodeReports(fence, 0);

  /**
   * An agent that registers at once.
   *
   * @param node name of the node
   * @param devices what it offers
   * @param coordinator where it registers and reports
   * @param gpuActors makes the actor of one rank
   */
  public static Behavior<AgentCommand> create(
      String node,
      List<DeviceInfo> devices,
      ActorRef<CoordinatorCommand> coordinator,
      Supplier<Behavior<WorkerCommand>> gpuActors) {
    Behavior<Message> behavior =
        Behaviors.setup(
            context -> {
              NodeAgent agent = new NodeAgent(context, node, coordinator, gpuActors);
              coordinator.tell(new RegisterNode(node, devices, agent.self));
              return agent;
            });
    return Behaviors.transformMessages(
        AgentCommand.class, behavior, builder -> builder.match(AgentCommand.class, External::new));
  }

  private NodeAgent(
      ActorContext<Message> context,
      String node,
      ActorRef<CoordinatorCommand> coordinator,
      Supplier<Behavior<WorkerCommand>> gpuActors) {
    super(context);
    this.node = node;
    this.coordinator = coordinator;
    this.gpuActors = gpuActors;
    this.self = context.getSelf().unsafeUpcast();
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(External.class, message -> onCommand(message.command()))
        .onMessage(RankGone.class, this::onRankGone)
        .build();
  }

  private Behavior<Message> onCommand(AgentCommand command) {
    switch (command) {
      case AssignRanks assign when assign.fence().compareTo(fence) > 0 -> assign(assign);
      case AssignRanks old -> {}
      case AgentCommand other when !other.fence().equals(fence) -> {}
      case RankOrder order -> ranks.values().forEach(rank -> rank.tell(order));
      case RankReport report -> report(report);
    }
    return this;
  }

  private void assign(AssignRanks assign) {
    ranks.values().forEach(getContext()::stop); // a mesh before this one; its word counts no more
    ranks.clear();
    fence = assign.fence();
    reports = new NodeReports(fence, assign.ranks().size());
    for (RankPlace place : assign.ranks()) {
      String name = "rank-" + place.rank() + "-" + fence.term() + "-" + fence.epoch();
      ActorRef<WorkerCommand> child = getContext().spawn(gpuActors.get(), name);
      getContext().watchWith(child, new RankGone(fence, place.rank()));
      ranks.put(place.rank(), child);
      child.tell(new StartRank(fence, assign.job(), place, assign.ranks().size(), self));
    }
  }

  private void report(RankReport report) {
    if (report instanceof RankStopped) {
      ranks.remove(report.rank());
    }
    NodeReport sum = reports.add(report);
    if (sum != null) {
      coordinator.tell(sum);
    }
  }

  private Behavior<Message> onRankGone(RankGone gone) {
    if (gone.fence().equals(fence) && ranks.containsKey(gone.rank())) {
      String message = "its actor on node " + node + " ended unexpectedly";
      report(new RankFailed(fence, gone.rank(), Category.INTERNAL, message, false));
      report(new RankStopped(fence, gone.rank()));
    }
    return this;
  }
}
