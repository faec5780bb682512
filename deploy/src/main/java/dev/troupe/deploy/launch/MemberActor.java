package dev.troupe.deploy.launch;

import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CoordinatorCommand;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.ClusterSingletonSettings;
import org.apache.pekko.cluster.typed.SelfUp;
import org.apache.pekko.cluster.typed.SingletonActor;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * The guardian of a member: tells when it is one, when it is one no more, and when the member that
 * coordinates is gone, which is the oldest of those that may: the ranks' state went with it.
 */
final class MemberActor extends AbstractBehavior<MemberActor.Command> {

  /** What the actor receives. */
  sealed interface Command extends NoSerializationVerificationNeeded {}

  /** Start this node's agent once the way to the coordinator is known. */
  record StartAgent(Function<ActorRef<CoordinatorCommand>, Behavior<AgentCommand>> agent)
      implements Command {}

  private record Up() implements Command {}

  private record Changed(ClusterEvent.MemberEvent event) implements Command {}

  private final CompletableFuture<ActorRef<CoordinatorCommand>> up;
  private final CompletableFuture<String> lost;
  private final ActorRef<CoordinatorCommand> coordinator;
  private final Set<Member> control = new HashSet<>();

  static Behavior<Command> create(
      Behavior<CoordinatorCommand> coordinator,
      CompletableFuture<ActorRef<CoordinatorCommand>> up,
      CompletableFuture<String> lost) {
    return Behaviors.setup(context -> new MemberActor(context, coordinator, up, lost));
  }

  private MemberActor(
      ActorContext<Command> context,
      Behavior<CoordinatorCommand> behavior,
      CompletableFuture<ActorRef<CoordinatorCommand>> up,
      CompletableFuture<String> lost) {
    super(context);
    this.up = up;
    this.lost = lost;
    Cluster cluster = Cluster.get(context.getSystem());
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
                SingletonActor.of(behavior, "coordinator")
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

  private Behavior<Command> onChanged(ClusterEvent.MemberEvent event) {
    Member member = event.member();
    switch (event) {
      case ClusterEvent.MemberUp joined when member.hasRole(ClusterSystem.CONTROL) ->
          control.add(member);
      case ClusterEvent.MemberRemoved removed -> onRemoved(member);
      default -> {}
    }
    return this;
  }

  private void onRemoved(Member member) {
    if (member.address().equals(Cluster.get(getContext().getSystem()).selfMember().address())) {
      lost.complete(
          "this node was taken out of the cluster: the others could not reach it, or it could not reach them");
    }
    boolean coordinated = control.stream().noneMatch(other -> other.isOlderThan(member));
    if (control.remove(member) && coordinated) {
      lost.complete(
          "the coordinator at %s:%d is gone; start the nodes again, and the run goes on from its last checkpoint"
              .formatted(
                  member.address().getHost().orElse("?"), member.address().getPort().orElse(0)));
    }
  }
}
