package dev.troupe.deploy.launch;

import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.JournalRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.Down;
import org.apache.pekko.cluster.typed.SelfUp;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * The guardian of a member: tells when it is one, when it is one no more, and when nobody can
 * coordinate. With one control node that is when it is gone, and with it the journal's keeper; with
 * several, another one takes over, as long as most of them are there.
 */
final class MemberActor extends AbstractBehavior<MemberActor.Command> {
  /** For control nodes to come back, where most of them are gone. */
  private static final Duration MAJORITY_LIMIT = Duration.ofSeconds(60);

  /** What the actor receives. */
  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** Start this node's agent once the way to the coordinator is known. */
  record StartAgent(Function<ActorRef<CoordinatorCommand>, Behavior<AgentCommand>> agent)
      implements Command {}

  /** The process of a node has ended. */
  record Gone(String node) implements Command {}

  private record Up() implements Command {}

  private record Changed(ClusterEvent.MemberEvent event) implements Command {}

  private record NoMajority() implements Command {}

  /**
   * What a member has to do with coordinating.
   *
   * @param coordinator the coordinator, where this member has the role to run it
   * @param keeper its part of the run's journal; none where it keeps none
   * @param nodes how many control nodes the run has
   */
  record Control(
      Behavior<CoordinatorCommand> coordinator,
      Optional<Behavior<JournalRequest>> keeper,
      int nodes) {
    /** Of a member without the role. */
    static Control none(int nodes) {
      return new Control(Behaviors.empty(), Optional.empty(), nodes);
    }
  }

  private final CompletableFuture<ActorRef<CoordinatorCommand>> up;
  private final CompletableFuture<String> lost;
  private final ActorRef<CoordinatorCommand> coordinator;
  private final TimerScheduler<Command> timers;
  private final Cluster cluster;
  private final int controlNodes;
  private final Set<Member> control = new HashSet<>();

  static Behavior<Command> create(
      Control control,
      CompletableFuture<ActorRef<CoordinatorCommand>> up,
      CompletableFuture<String> lost) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new MemberActor(context, timers, control, up, lost)));
  }

  private MemberActor(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      Control own,
      CompletableFuture<ActorRef<CoordinatorCommand>> up,
      CompletableFuture<String> lost) {
    super(context);
    this.timers = timers;
    this.up = up;
    this.lost = lost;
    this.controlNodes = own.nodes();
    this.cluster = Cluster.get(context.getSystem());
    own.keeper()
        .ifPresent(
            keeper -> context.spawn(keeper, JournalKeepers.NAME, DispatcherSelector.blocking()));
    cluster
        .subscriptions()
        .tell(
            new Subscribe<>(context.messageAdapter(SelfUp.class, self -> new Up()), SelfUp.class));
    cluster
        .subscriptions()
        .tell(
            new Subscribe<>(
                context.messageAdapter(ClusterEvent.MemberEvent.class, Changed::new),
                ClusterEvent.MemberEvent.class));
    // On a member without the role this is the way to the coordinator only.
    this.coordinator =
        ClusterSingleton.get(context.getSystem())
            .init(
                SingletonActor.of(own.coordinator(), "coordinator")
                    .withSettings(
                        ClusterSingletonSettings.create(context.getSystem())
                            .withRole(ClusterSystem.CONTROL)));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Up.class, self -> onUp())
        .onMessage(StartAgent.class, this::onStartAgent)
        .onMessage(Changed.class, changed -> onChanged(changed.event()))
        .onMessage(Gone.class, this::onGone)
        .onMessage(NoMajority.class, none -> onNoMajority())
        .build();
  }

  private Behavior<Command> onUp() {
    up.complete(coordinator);
    return this;
  }

  private Behavior<Command> onStartAgent(StartAgent start) {
    getContext().spawn(start.agent().apply(coordinator), "agent");
    return this;
  }

  private Behavior<Command> onGone(Gone gone) {
    for (Member member : cluster.state().getMembers()) {
      if (member.hasRole(ClusterSystem.NODE + gone.node())) {
        cluster.manager().tell(new Down(member.address()));
      }
    }
    return this;
  }

  private Behavior<Command> onChanged(ClusterEvent.MemberEvent event) {
    Member member = event.member();
    switch (event) {
      case ClusterEvent.MemberUp joined when member.hasRole(ClusterSystem.CONTROL) ->
          onControl(member);
      case ClusterEvent.MemberRemoved removed -> onRemoved(member);
      default -> {}
    }
    return this;
  }

  private void onControl(Member member) {
    control.add(member);
    if (isMajority()) {
      timers.cancel(new NoMajority());
    }
  }

  private boolean isMajority() {
    return control.size() > controlNodes / 2;
  }

  private void onRemoved(Member member) {
    if (member.address().equals(cluster.selfMember().address())) {
      lost.complete(
          controlNodes == 1
              ? "this node was taken out of the cluster: the others could not reach it, or it could not reach them"
              : "this node was taken out of the cluster: it could not be reached, or it could not reach most of the control nodes");
    }
    boolean coordinated = control.stream().noneMatch(other -> other.isOlderThan(member));
    if (!control.remove(member)) {
      return;
    }
    if (controlNodes == 1 && coordinated) {
      lost.complete(
          "the coordinator at %s:%d is gone; start the nodes again, and the run goes on from its last checkpoint"
              .formatted(
                  member.address().getHost().orElse("?"), member.address().getPort().orElse(0)));
    } else if (!isMajority()) {
      timers.startSingleTimer(new NoMajority(), MAJORITY_LIMIT);
    }
  }

  private Behavior<Command> onNoMajority() {
    lost.complete(
        "%d of %d control nodes have been there for %d s, and nothing can be committed without most of them; start them again, and the run goes on"
            .formatted(control.size(), controlNodes, MAJORITY_LIMIT.toSeconds()));
    return this;
  }
}
