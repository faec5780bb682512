package dev.troupe.coordinator.actor;

import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunListener;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.coordinator.Timeouts;
import dev.troupe.coordinator.journal.Journal;
import dev.troupe.coordinator.state.Effect;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Liveness;
import dev.troupe.coordinator.state.Phase;
import dev.troupe.coordinator.state.RunMachine;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.Failure;
import dev.troupe.proto.message.FaultDone;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.NodeGone;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.RegisterNode;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.message.ScaleRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
import org.jspecify.annotations.Nullable;

/**
 * The coordinator: opens the journal, holds the machine's state, feeds it events and does its
 * effects. Stops itself when the run is over, or when another coordinator has taken over.
 */
public final class CoordinatorActor extends AbstractBehavior<CoordinatorActor.Message> {
  /** What the actor receives: the public protocol and what happens inside it. */
  sealed interface Message extends NoSerializationVerificationNeeded {}

  private record External(CoordinatorCommand command) implements Message {}

  private record Internal(Event event) implements Message {}

  private record AgentGone(String node, ActorRef<AgentCommand> agent) implements Message {}

  private record Opened(@Nullable JournalRecord record, @Nullable Throwable failure)
      implements Message {}

  private record Tick() implements Message {}

  private static final Duration LONGEST_TICK = Duration.ofMillis(500);

  /**
   * What a coordinator works with.
   *
   * @param settings the run
   * @param journal the run's; closed with the coordinator
   * @param store where checkpoints are made
   * @param listener hears what happens, on a thread of its own
   * @param observer sees every transition
   */
  public record Parts(
      RunSettings settings,
      Journal journal,
      CheckpointStore store,
      RunListener listener,
      TransitionObserver observer) {}

  private final RunMachine machine;
  private final Journal journal;
  private final StoreWorker store;
  private final ReportThread reports;
  private final TransitionObserver observer;
  private final Consumer<RunResult> whenFinished;
  private final Map<String, ActorRef<AgentCommand>> agents = new HashMap<>();
  private final List<External> early = new ArrayList<>();
  private final Liveness liveness;
  private final long origin = System.nanoTime();
  private @Nullable RunState state;
  private boolean heardOut;

  /**
   * A coordinator for one run.
   *
   * @param whenFinished called once, on the listener's thread, after its last call; never where
   *     another coordinator has taken over
   */
  public static Behavior<CoordinatorCommand> create(Parts parts, Consumer<RunResult> whenFinished) {
    Behavior<Message> behavior =
        Behaviors.setup(
            context ->
                Behaviors.withTimers(
                    timers -> new CoordinatorActor(context, timers, parts, whenFinished)));
    return Behaviors.transformMessages(
        CoordinatorCommand.class,
        behavior,
        builder -> builder.match(CoordinatorCommand.class, External::new));
  }

  private CoordinatorActor(
      ActorContext<Message> context,
      TimerScheduler<Message> timers,
      Parts parts,
      Consumer<RunResult> whenFinished) {
    super(context);
    this.machine = new RunMachine(parts.settings());
    this.journal = parts.journal();
    this.store = new StoreWorker(parts.store());
    this.reports = new ReportThread(parts.listener());
    this.observer = parts.observer();
    this.whenFinished = whenFinished;
    Timeouts timeouts = parts.settings().timeouts();
    this.liveness = new Liveness(timeouts.silence());
    timers.startTimerWithFixedDelay(new Tick(), tickInterval(timeouts));
    context.pipeToSelf(journal.open(), Opened::new);
  }

  /** Often enough that no deadline is overrun by more than a tenth. */
  private static Duration tickInterval(Timeouts timeouts) {
    return Stream.of(
            timeouts.register(),
            timeouts.ready(),
            timeouts.step(),
            timeouts.save(),
            timeouts.stop(),
            timeouts.silence(),
            timeouts.retire())
        .map(timeout -> timeout.dividedBy(10))
        .reduce(LONGEST_TICK, (a, b) -> a.compareTo(b) < 0 ? a : b);
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(External.class, this::onExternal)
        .onMessage(Internal.class, message -> on(message.event()))
        .onMessage(AgentGone.class, this::onAgentGone)
        .onMessage(Tick.class, message -> onTick())
        .onMessage(Opened.class, this::onOpened)
        .onSignal(PostStop.class, signal -> onStopped())
        .build();
  }

  private Behavior<Message> onOpened(Opened opened) {
    JournalRecord record = opened.record();
    if (record == null) {
      Failure failure = Failure.of(Objects.requireNonNull(opened.failure()));
      end(RunResult.failed(0, failure.category(), failure.message()));
      return Behaviors.stopped();
    }
    state = machine.initial(record, now());
    Behavior<Message> next = this;
    for (External command : early) {
      next = onExternal(command);
    }
    early.clear();
    return next;
  }

  private Behavior<Message> onExternal(External message) {
    if (state == null) {
      early.add(message);
      return this;
    }
    return switch (message.command()) {
      case RegisterNode register -> onRegister(register);
      case RequestStop stop -> on(new Event.StopRequested(stop.reason()));
      case DrainNode drain -> on(new Event.DrainRequested(drain.node(), drain.reason()));
      case ScaleRun scale -> on(new Event.ScaleRequested(scale.nodes(), scale.reason()));
      case NodeGone gone -> onNodeGone(gone);
      case FaultDone done -> this; // heard by who injects faults
      case NodeReport report -> on(new Event.NodeReported(report));
    };
  }

  /** An agent says twice a second that it is there. */
  private Behavior<Message> onRegister(RegisterNode register) {
    String node = register.info().node();
    liveness.heard(node, now());
    ActorRef<AgentCommand> known = agents.put(node, register.agent());
    if (known != null && !known.equals(register.agent())) {
      getContext().unwatch(known);
      on(new Event.NodeLost(node, "it was started anew")); // what it had is gone
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
    return lost(gone.node(), gone.why());
  }

  private Behavior<Message> onAgentGone(AgentGone gone) {
    return agents.remove(gone.node(), gone.agent())
        ? lost(gone.node(), "its process ended or cannot be reached")
        : this;
  }

  private Behavior<Message> onTick() {
    if (state == null) {
      return this;
    }
    for (String node : liveness.silent(now())) {
      ActorRef<AgentCommand> agent = agents.remove(node);
      if (agent != null) {
        getContext().unwatch(agent);
      }
      lost(node, "there was no sign of life of it");
    }
    return on(new Event.Tick());
  }

  private Behavior<Message> lost(String node, String why) {
    liveness.forget(node);
    return on(new Event.NodeLost(node, why));
  }

  private Behavior<Message> on(Event event) {
    RunState before = state;
    if (before == null) {
      return this;
    }
    if (over(before)) {
      return Behaviors.stopped();
    }
    Transition transition = machine.on(before, event, now());
    state = transition.state();
    observer.before(event, transition);
    transition.effects().forEach(this::perform);
    observer.after(event, transition);
    return over(transition.state()) ? Behaviors.stopped() : this;
  }

  private static boolean over(RunState state) {
    return state.phase() instanceof Phase.Finished || state.phase() instanceof Phase.Superseded;
  }

  private void perform(Effect effect) {
    switch (effect) {
      case Effect.Order order -> send(order);
      case Effect.BeginSave save -> later(store.begin(save.step(), save.epoch()));
      case Effect.PublishSave save -> later(store.publish(save.shards()));
      case Effect.DiscardSave save -> later(store.discard(save.step(), save.epoch(), save.why()));
      case Effect.FindCheckpoint find -> later(store.newest(find.step()));
      case Effect.Journal append -> append(append.record());
      case Effect.Report report -> reports.deliver(report.report());
      case Effect.StepDown down -> {
        getContext().getLog().warn("another coordinator has taken over; this one ends");
        heardOut = true;
      }
      case Effect.Finish finish -> finish(finish.result());
    }
  }

  private void finish(RunResult result) {
    RunState last = state;
    if (last != null) {
      RunEnded ended = new RunEnded(last.fence(), result.exitCode(), result.message());
      agents.values().forEach(agent -> agent.tell(ended));
    }
    heardOut = true;
    reports.run(() -> whenFinished.accept(result));
  }

  private void send(Effect.Order order) {
    for (String node : order.nodes()) {
      ActorRef<AgentCommand> agent = agents.get(node);
      if (agent != null) {
        agent.tell(order.command());
      }
    }
  }

  private void append(JournalRecord record) {
    getContext()
        .pipeToSelf(
            journal.append(record),
            (accepted, failure) ->
                new Internal(
                    failure == null
                        ? new Event.Journalled(record, accepted)
                        : failed(Failure.of(failure))));
  }

  private static Event failed(Failure failure) {
    return new Event.JournalFailed(failure.category(), failure.message());
  }

  private void later(CompletionStage<Event> stage) {
    getContext().pipeToSelf(stage, (event, failure) -> new Internal(event));
  }

  private Behavior<Message> onStopped() {
    RunState last = state;
    if (!heardOut) {
      end(
          RunResult.failed(
              last == null ? 0 : last.committed(),
              Category.INTERNAL,
              "the coordinator ended before the run did"));
    }
    journal.close();
    store.close();
    reports.close();
    return this;
  }

  private void end(RunResult result) {
    heardOut = true;
    reports.deliver(result);
    reports.run(() -> whenFinished.accept(result));
  }

  private long now() {
    return System.nanoTime() - origin;
  }
}
