package dev.troupe.coordinator.actor;

import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.coordinator.state.Effect;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Phase;
import dev.troupe.coordinator.state.RunMachine;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.FaultDone;
import dev.troupe.proto.message.NodeGone;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.message.ScaleRun;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * The coordinator: holds the machine's state, feeds it events and does its effects. Stops itself
 * when the run is over.
 */
public final class CoordinatorActor extends AbstractBehavior<CoordinatorActor.Message> {

  /** What the actor receives: the public protocol and what happens inside it. */
  sealed interface Message extends NoSerializationVerificationNeeded {}

  private record External(CoordinatorCommand command) implements Message {}

  private record Internal(Event event) implements Message {}

  private record AgentGone(String node, ActorRef<AgentCommand> agent) implements Message {}

  private static final Internal TICK = new Internal(new Event.Tick());
  private static final Duration LONGEST_TICK = Duration.ofMillis(500);

  private final RunMachine machine;
  private final StoreWorker store;
  private final ReportThread reports;
  private final Consumer<RunResult> whenFinished;
  private final Map<String, ActorRef<AgentCommand>> agents = new HashMap<>();
  private final long origin = System.nanoTime();
  private RunState state;

  /**
   * A coordinator for one run.
   *
   * @param fence the fence before the first mesh's
   * @param store where checkpoints are made
   * @param listener hears what happens, on a thread of its own
   * @param whenFinished called once, on that thread, after the listener's last call
   */
  public static Behavior<CoordinatorCommand> create(
      RunSettings settings,
      Fence fence,
      CheckpointStore store,
      RunListener listener,
      Consumer<RunResult> whenFinished) {
    Behavior<Message> behavior =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers ->
                        new CoordinatorActor(
                            context, timers, settings, fence, store, listener, whenFinished)));
    return Behaviors.transformMessages(
        CoordinatorCommand.class,
        behavior,
        builder -> builder.match(CoordinatorCommand.class, External::new));
  }

  private CoordinatorActor(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      RunSettings settings,
      Fence fence,
      CheckpointStore store,
      RunListener listener,
      Consumer<RunResult> whenFinished) {
    super(context);
    this.machine = new RunMachine(settings);
    this.store = new StoreWorker(store);
    this.reports = new ReportThread(listener);
    this.whenFinished = whenFinished;
    this.state = machine.initial(fence, now());
    timers.startTimerWithFixedDelay(TICK, tickInterval(settings.timeouts()));
  }

  /** Often enough that no deadline is overrun by more than a tenth. */
  private static Duration tickInterval(Timeouts timeouts) {
    return Stream.of(
            timeouts.register(),
            timeouts.ready(),
            timeouts.step(),
            timeouts.save(),
            timeouts.stop())
        .map(timeout -> timeout.dividedBy(10))
        .reduce(LONGEST_TICK, (a, b) -> a.compareTo(b) < 0 ? a : b);
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(External.class, message -> onCommand(message.command()))
        .onMessage(Internal.class, message -> on(message.event()))
        .onMessage(AgentGone.class, this::onAgentGone)
        .onSignal(PostStop.class, signal -> onStopped())
        .build();
  }

  private Behavior<Message> onCommand(CoordinatorCommand command) {
    return switch (command) {
      case RegisterNode register -> onRegister(register);
      case RequestStop stop -> on(new Event.StopRequested(stop.reason()));
      case DrainNode drain -> on(new Event.DrainRequested(drain.node(), drain.reason()));
      case ScaleRun scale -> this;
      case NodeGone gone -> onNodeGone(gone);
      case FaultDone done -> this; // heard by who injects faults
      case NodeReport report -> on(new Event.NodeReported(report));
    };
  }

  private Behavior<Message> onRegister(RegisterNode register) {
    String node = register.info().node();
    ActorRef<AgentCommand> known = agents.put(node, register.agent());
    if (known != null && !known.equals(register.agent())) {
      getContext().unwatch(known);
      on(
          new Event.NodeLost(
              node, "it was started anew")); // the agent was started anew: what it had is gone
    }
    if (!register.agent().equals(known)) {
      getContext().watchWith(register.agent(), new AgentGone(node, register.agent()));
    }
    return on(new Event.NodeJoined(register.info()));
  }

  private Behavior<Message> onNodeGone(NodeGone gone) {
    ActorRef<AgentCommand> agent = agents.remove(gone.node());
    if (agent == null) {
      return on(new Event.NodeNeverCame(gone.node(), gone.why()));
    }
    getContext().unwatch(agent);
    return on(new Event.NodeLost(gone.node(), gone.why()));
  }

  private Behavior<Message> onAgentGone(AgentGone gone) {
    return agents.remove(gone.node(), gone.agent())
        ? on(new Event.NodeLost(gone.node(), "its process ended or cannot be reached"))
        : this;
  }

  private Behavior<Message> on(Event event) {
    if (state.phase() instanceof Phase.Finished) {
      return Behaviors.stopped();
    }
    Transition transition = machine.on(state, event, now());
    state = transition.state();
    transition.effects().forEach(this::perform);
    return state.phase() instanceof Phase.Finished ? Behaviors.stopped() : this;
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Order order -> send(order);
      case Effect.BeginSave save -> later(store.begin(save.step()));
      case Effect.PublishSave save -> later(store.publish(save.shards()));
      case Effect.DiscardSave save -> later(store.discard(save.step(), save.why()));
      case Effect.Report report -> reports.deliver(report.report());
      case Effect.Finish finish -> {
        RunResult result = finish.result();
        tellAll(new RunEnded(state.fence(), result.exitCode(), result.message()));
        reports.run(() -> whenFinished.accept(result));
      }
    }
  }

  private void send(Effect.Order order) {
    for (String node : order.nodes()) {
      ActorRef<AgentCommand> agent = agents.get(node);
      if (agent != null) {
        agent.tell(order.command());
      }
    }
  }

  private void tellAll(AgentCommand command) {
    agents.values().forEach(agent -> agent.tell(command));
  }

  private void later(CompletionStage<Event> stage) {
    getContext().pipeToSelf(stage, (event, failure) -> new Internal(event));
  }

  private Behavior<Message> onStopped() {
    if (!(state.phase() instanceof Phase.Finished)) {
      RunResult result =
          RunResult.failed(
              state.committed(), Category.INTERNAL, "the coordinator ended before the run did");
      reports.deliver(result);
      reports.run(() -> whenFinished.accept(result));
    }
    store.close();
    reports.close();
    return this;
  }

  private long now() {
    return System.nanoTime() - origin;
  }
}
