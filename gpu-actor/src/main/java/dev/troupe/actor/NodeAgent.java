package dev.troupe.actor;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.WorkerCommand;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
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

  private record Register() implements Message {}

  private static final Duration REGISTER_EVERY = Duration.ofSeconds(2);

  private final NodeInfo info;
  private final ActorRef<CoordinatorCommand> coordinator;
  private final GpuActors gpuActors;
  private final Consumer<RunEnded> onEnd;
  private final ActorRef<AgentCommand> self;
  private final SortedMap<Integer, ActorRef<WorkerCommand>> ranks = new TreeMap<>();
  private Fence fence = new Fence(0, 0);
  private NodeReports reports = new NodeReports(fence, 0);

  /** Makes the actor of a rank. */
  @FunctionalInterface
  public interface GpuActors {
    /** The behaviour of the actor that will be the rank at {@code place}. */
    Behavior<WorkerCommand> at(RankPlace place);
  }

  /**
   * An agent that registers at once, and again until it is given ranks: a coordinator that started
   * after it hears of it, too.
   *
   * @param info what the node is and offers
   * @param coordinator where it registers and reports
   * @param gpuActors makes the actor of one rank
   * @param onEnd told when the run is over
   */
  public static Behavior<AgentCommand> create(
      NodeInfo info,
      ActorRef<CoordinatorCommand> coordinator,
      GpuActors gpuActors,
      Consumer<RunEnded> onEnd) {
    Behavior<Message> behavior =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers -> {
                      timers.startTimerWithFixedDelay(new Register(), REGISTER_EVERY);
                      NodeAgent agent = new NodeAgent(context, info, coordinator, gpuActors, onEnd);
                      agent.register();
                      return agent;
                    }));
    return Behaviors.transformMessages(
        AgentCommand.class, behavior, builder -> builder.match(AgentCommand.class, External::new));
  }

  private NodeAgent(
      ActorContext<Message> context,
      NodeInfo info,
      ActorRef<CoordinatorCommand> coordinator,
      GpuActors gpuActors,
      Consumer<RunEnded> onEnd) {
    super(context);
    this.info = info;
    this.coordinator = coordinator;
    this.gpuActors = gpuActors;
    this.onEnd = onEnd;
    this.self = context.getSelf().unsafeUpcast();
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(External.class, message -> onCommand(message.command()))
        .onMessage(RankGone.class, this::onRankGone)
        .onMessage(Register.class, message -> register())
        .build();
  }

  private Behavior<Message> register() {
    if (ranks.isEmpty()) {
      coordinator.tell(new RegisterNode(info, self));
    }
    return this;
  }

  private Behavior<Message> onCommand(AgentCommand command) {
    switch (command) {
      case AssignRanks assign when assign.fence().compareTo(fence) > 0 -> assign(assign);
      case AssignRanks old -> {}
      case RunEnded ended when ended.fence().term() >= fence.term() -> onEnd.accept(ended);
      case AgentCommand other when !other.fence().equals(fence) -> {}
      case RankOrder order -> ranks.values().forEach(rank -> rank.tell(order));
      case RankReport report -> report(report);
      case RunEnded old -> {}
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
      ActorRef<WorkerCommand> child = getContext().spawn(gpuActors.at(place), name);
      getContext().watchWith(child, new RankGone(fence, place.rank()));
      ranks.put(place.rank(), child);
      child.tell(new StartRank(fence, assign.job(), place, self));
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
      String message = "its actor on node " + info.node() + " ended unexpectedly";
      report(new RankFailed(fence, gone.rank(), Category.INTERNAL, message, false));
      report(new RankStopped(fence, gone.rank()));
    }
    return this;
  }
}
