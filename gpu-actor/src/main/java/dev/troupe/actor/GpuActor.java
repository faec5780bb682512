package dev.troupe.actor;

import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.WorkerCommand;
import dev.troupe.train.HeldOutLosses;
import dev.troupe.train.Prepared;
import dev.troupe.train.Snapshot;
import java.util.SortedMap;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * The actor of one device. It waits for {@link StartRank}, is that rank's {@link RankActor} from
 * then on, and never blocks: the work is done by a {@link StepRunner}.
 */
public final class GpuActor {
  private GpuActor() {}

  /** What the actor receives: the public protocol and what comes back from its threads. */
  sealed interface Message extends NoSerializationVerificationNeeded {}

  /** A message from outside. */
  record External(WorkerCommand command) implements Message {}

  /** The trainer is made. */
  record Started(RankState state) implements Message {}

  /** A step is prepared. */
  record StepPrepared(Prepared prepared) implements Message {}

  /** The held-out losses after a step are known. */
  record Validated(long step, HeldOutLosses losses) implements Message {}

  /** The texts after a step are written. */
  record Sampled(long step, SortedMap<Integer, String> texts) implements Message {}

  /** The thread that owns the trainer failed. */
  record WorkFailed(Throwable failure) implements Message {}

  /** The state is copied. */
  record SnapshotTaken(Snapshot snapshot) implements Message {}

  /** The state could not be copied. */
  record SnapshotFailed(long step, Throwable failure) implements Message {}

  /** The copy is on disk, or could not be written. */
  record ShardWritten(long step, @Nullable Throwable failure) implements Message {}

  /** The trainer is closed and its thread ends. */
  record Closed(@Nullable Throwable failure) implements Message {}

  /** An actor that waits for its rank. */
  public static Behavior<WorkerCommand> create(RankRuntime runtime) {
    Behavior<Message> waiting =
        Behaviors.receive(Message.class)
            .onMessage(
                External.class,
                message ->
                    message.command() instanceof StartRank start
                        ? RankActor.create(runtime, start)
                        : Behaviors.same())
            .build();
    return Behaviors.transformMessages(
        WorkerCommand.class, waiting, builder -> builder.match(WorkerCommand.class, External::new));
  }
}
