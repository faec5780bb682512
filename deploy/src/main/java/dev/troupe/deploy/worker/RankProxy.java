package dev.troupe.deploy.worker;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.RankRetired;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.WorkerCommand;
import java.util.function.Consumer;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Stands in its agent's JVM for a GPU actor of a worker process. When the process dies, it reports
 * the rank as failed and stopped.
 */
final class RankProxy extends AbstractBehavior<RankProxy.Message> {

  /** What the actor receives. */
  sealed interface Message extends NoSerializationVerificationNeeded {}

  private record Order(WorkerCommand command) implements Message {}

  private record Report(RankReport report) implements Message {}

  private record Ended(String words) implements Message {}

  private final WorkerProcess process;
  private final int rank;
  private final Consumer<RankReport> receiver;
  private @Nullable Fence fence;
  private @Nullable ActorRef<AgentCommand> agent;
  private @Nullable String over;
  private boolean stopped;

  /** The actor that stands for {@code rank} in {@code process}. */
  static Behavior<WorkerCommand> create(WorkerProcess process, int rank) {
    Behavior<Message> behavior = Behaviors.setup(context -> new RankProxy(context, process, rank));
    return Behaviors.transformMessages(
        WorkerCommand.class, behavior, builder -> builder.match(WorkerCommand.class, Order::new));
  }

  private RankProxy(ActorContext<Message> context, WorkerProcess process, int rank) {
    super(context);
    this.process = process;
    this.rank = rank;
    ActorRef<Message> self = context.getSelf();
    this.receiver = report -> self.tell(new Report(report));
    process.link().attach(rank, receiver);
    context.pipeToSelf(
        process.onEnd(),
        (end, failure) -> new Ended(failure == null ? end.words() : process.label() + " is gone"));
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onMessage(Order.class, order -> onOrder(order.command()))
        .onMessage(Report.class, report -> onReport(report.report()))
        .onMessage(Ended.class, ended -> onEnded(ended.words()))
        .onSignal(PostStop.class, signal -> onPostStop())
        .build();
  }

  private Behavior<Message> onOrder(WorkerCommand command) {
    if (command instanceof StartRank start) {
      fence = start.fence();
      agent = start.agent();
      String gone = over != null ? over : elsewhere(start);
      if (gone != null) {
        return onEnded(gone);
      }
    } else if (command instanceof RetireRanks retire) {
      fence = retire.fence();
    }
    process.link().send(rank, command);
    return this;
  }

  /**
   * A mesh may have been laid over a process that has ended since, and this is the one after it.
   */
  private @Nullable String elsewhere(StartRank start) {
    return start.job().sites().stream()
        .filter(site -> site.ranks().contains(rank) && !site.process().equals(process.process()))
        .map(site -> "worker process %s is gone".formatted(site.process()))
        .findFirst()
        .orElse(null);
  }

  private Behavior<Message> onReport(RankReport report) {
    ActorRef<AgentCommand> receiving = agent;
    if (receiving == null || !report.fence().equals(fence)) {
      return this; // of an actor of a mesh before this one
    }
    receiving.tell(report);
    if (report instanceof RankStopped || report instanceof RankRetired) {
      stopped = true;
      return Behaviors.stopped();
    }
    return this;
  }

  /** Where the rank has no orders yet, they are awaited: somebody must be told. */
  private Behavior<Message> onEnded(String words) {
    ActorRef<AgentCommand> receiving = agent;
    Fence epoch = fence;
    if (receiving == null || epoch == null) {
      over = words;
      return this;
    }
    stopped = true;
    receiving.tell(new RankFailed(epoch, rank, Category.PEER, words, false));
    receiving.tell(new RankStopped(epoch, rank));
    return Behaviors.stopped();
  }

  /** Stopped from above, for a mesh after this one: the rank must not go on. */
  private Behavior<Message> onPostStop() {
    process.link().detach(rank, receiver);
    Fence epoch = fence;
    if (!stopped && epoch != null) {
      process.link().send(rank, new AbortEpoch(epoch, "the node was given another mesh"));
    }
    return this;
  }
}
