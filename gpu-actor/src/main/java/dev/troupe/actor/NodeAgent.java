package dev.troupe.actor;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.FaultDone;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.RankRetired;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.WorkerCommand;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The actor of one node. It offers the node's devices to the coordinator, starts a GPU actor for
 * each rank it is assigned, passes orders on, makes one report out of its ranks' reports, and
 * answers for a GPU actor that ends without a word. A message of another fence than the last one it
 * was given has no effect.
 */
public final class NodeAgent extends AbstractBehavior<NodeAgent.Message> {
  /** What the actor receives: the public protocol and what happens on the node. */
  sealed interface Message extends NoSerializationVerificationNeeded {}

  private record External(AgentCommand command) implements Message {}

  private record RankGone(int rank, ActorRef<WorkerCommand> actor) implements Message {}

  private record Register() implements Message {}

  private record Overdue(Fence fence) implements Message {}

  /** A rank of the mesh and its actor. */
  private record Rank(RankPlace place, ActorRef<WorkerCommand> actor) {}

  private static final Duration REGISTER_EVERY = Duration.ofMillis(500);

  /** Aborts take as long as the kernels under way; what takes longer hangs. */
  private static final Duration RETIRE_LIMIT = Duration.ofSeconds(5);

  private final NodeDevices devices;
  private final ActorRef<CoordinatorCommand> coordinator;
  private final Consumer<RunEnded> onEnd;
  private final TimerScheduler<Message> timers;
  private final ActorRef<AgentCommand> self;
  private final SortedMap<Integer, Rank> ranks = new TreeMap<>();
  private final Set<Holding> held = new LinkedHashSet<>();
  private Fence fence = new Fence(0, 0);
  private Fence ranksFence = fence; // of the mesh that the ranks belong to
  private boolean assigned;
  private boolean retiring;
  private NodeReports reports = new NodeReports(fence, 0);

  /**
   * An agent that registers at once and then twice a second, which is its sign of life and tells a
   * new coordinator of it.
   *
   * @param devices what the node has
   * @param coordinator where it registers and reports
   * @param onEnd told when the run is over
   */
  public static Behavior<AgentCommand> create(
      NodeDevices devices, ActorRef<CoordinatorCommand> coordinator, Consumer<RunEnded> onEnd) {
    Behavior<Message> behavior =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers -> {
                      timers.startTimerWithFixedDelay(new Register(), REGISTER_EVERY);
                      NodeAgent agent = new NodeAgent(context, timers, devices, coordinator, onEnd);
                      agent.register();
                      return agent;
                    }));
    return Behaviors.transformMessages(
        AgentCommand.class, behavior, builder -> builder.match(AgentCommand.class, External::new));
  }

  private NodeAgent(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      NodeDevices devices,
      ActorRef<CoordinatorCommand> coordinator,
      Consumer<RunEnded> onEnd) {
    super(context);
    this.timers = timers;
    this.devices = devices;
    this.coordinator = coordinator;
    this.onEnd = onEnd;
    this.self = context.getSelf().unsafeUpcast();
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(External.class, message -> onCommand(message.command()))
        .onMessage(RankGone.class, this::onRankGone)
        .onMessage(Register.class, message -> register())
        .onMessage(Overdue.class, this::onOverdue)
        .build();
  }

  private Behavior<Message> register() {
    coordinator.tell(new RegisterNode(devices.info(), self));
    return this;
  }

  private Behavior<Message> onCommand(AgentCommand command) {
    switch (command) {
      case RetireRanks retire when retire.fence().compareTo(fence) > 0 -> retire(retire);
      case RetireRanks again when again.fence().equals(fence) -> retireAgain();
      case RankRetired retired when retiring && retired.fence().compareTo(ranksFence) > 0 ->
          report(retired); // perhaps to an earlier order than the last one: it has no other word
      case AssignRanks assign when assign.fence().compareTo(fence) > 0 || fresh(assign) ->
          assign(assign);
      case RunEnded ended when ended.fence().term() >= fence.term() -> {
        timers.cancel(new Register()); // it must not join again while it ends
        onEnd.accept(ended);
      }
      case InjectFault inject ->
          coordinator.tell(
              new FaultDone(inject.id(), devices.info().node(), devices.inject(inject)));
      case AgentCommand other when !other.fence().equals(fence) -> {}
      case RankOrder order -> ranks.values().forEach(rank -> rank.actor().tell(order));
      case RankReport report -> report(report);
      case RunEnded old -> {}
      case RetireRanks old -> {}
      case AssignRanks again -> {}
    }
    return this;
  }

  private boolean fresh(AssignRanks assign) {
    return assign.fence().equals(fence) && !assigned && !retiring;
  }

  private void retire(RetireRanks order) {
    fence = order.fence();
    reports = new NodeReports(fence, 0);
    assigned = false;
    retiring = true;
    Set<String> asked = new HashSet<>();
    ranks.values().forEach(rank -> asked.add(process(rank.place().device())));
    held.removeIf(holding -> asked.contains(holding.process())); // these tell it anew
    ranks.values().forEach(rank -> rank.actor().tell(order));
    timers.startSingleTimer(new Overdue(fence), RETIRE_LIMIT);
    retiredIfDone();
  }

  /** The coordinator asks again when the node's devices changed, or when it lost the answer. */
  private void retireAgain() {
    if (!assigned && !retiring) {
      retiring = true;
      retiredIfDone();
    }
  }

  private String process(int device) {
    return devices.info().devices().stream()
        .filter(each -> each.index() == device)
        .map(DeviceInfo::process)
        .findFirst()
        .orElse("");
  }

  /** Tells first what the node has now: a process may have ended with its ranks. */
  private void retiredIfDone() {
    if (retiring && ranks.isEmpty()) {
      retiring = false;
      timers.cancel(new Overdue(fence));
      register();
      List<String> living = devices.info().devices().stream().map(DeviceInfo::process).toList();
      held.removeIf(holding -> !living.contains(holding.process()));
      coordinator.tell(new NodeRetired(fence, devices.info().node(), List.copyOf(held)));
    }
  }

  private Behavior<Message> onOverdue(Overdue overdue) {
    if (retiring && overdue.fence().equals(fence)) {
      for (Rank rank : ranks.values()) {
        devices.kill(rank.place(), "rank " + rank.place().rank() + " did not end in time");
      }
    }
    return this;
  }

  private void assign(AssignRanks assign) {
    ranks.values().forEach(rank -> getContext().stop(rank.actor())); // their word counts no more
    ranks.clear();
    fence = assign.fence();
    ranksFence = fence;
    assigned = true;
    retiring = false;
    reports = new NodeReports(fence, assign.ranks().size());
    for (RankPlace place : assign.ranks()) {
      String process = process(place.device());
      held.removeIf(holding -> holding.process().equals(process)); // from now on its ranks know
      String name = "rank-" + place.rank() + "-" + fence.term() + "-" + fence.epoch();
      ActorRef<WorkerCommand> child = getContext().spawn(devices.at(place), name);
      getContext().watchWith(child, new RankGone(place.rank(), child));
      ranks.put(place.rank(), new Rank(place, child));
      child.tell(new StartRank(fence, assign.job(), place, self));
    }
  }

  private void report(RankReport report) {
    switch (report) {
      case RankRetired retired -> {
        held.addAll(retired.held());
        ranks.remove(retired.rank());
        retiredIfDone();
      }
      case RankFailed failed when retiring -> {}
      case RankStopped stopped -> {
        ranks.remove(stopped.rank());
        if (retiring) {
          retiredIfDone();
        } else {
          tell(stopped);
        }
      }
      case RankReport other -> tell(other);
    }
  }

  private void tell(RankReport report) {
    NodeReport sum = reports.add(report);
    if (sum != null) {
      coordinator.tell(sum);
    }
  }

  private Behavior<Message> onRankGone(RankGone gone) {
    Rank rank = ranks.get(gone.rank());
    if (rank != null && rank.actor().equals(gone.actor())) {
      String message = "its actor on node " + devices.info().node() + " ended unexpectedly";
      report(new RankFailed(fence, gone.rank(), Category.PEER, message, false));
      report(new RankStopped(fence, gone.rank()));
    }
    return this;
  }
}
