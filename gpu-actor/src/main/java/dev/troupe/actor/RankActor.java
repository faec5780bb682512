package dev.troupe.actor;

import dev.troupe.actor.GpuActor.Closed;
import dev.troupe.actor.GpuActor.External;
import dev.troupe.actor.GpuActor.Message;
import dev.troupe.actor.GpuActor.Sampled;
import dev.troupe.actor.GpuActor.ShardWritten;
import dev.troupe.actor.GpuActor.SnapshotFailed;
import dev.troupe.actor.GpuActor.SnapshotTaken;
import dev.troupe.actor.GpuActor.Started;
import dev.troupe.actor.GpuActor.StepPrepared;
import dev.troupe.actor.GpuActor.Validated;
import dev.troupe.actor.GpuActor.WorkFailed;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.DropSnapshot;
import dev.troupe.proto.message.Failure;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RankPrepared;
import dev.troupe.proto.message.RankReady;
import dev.troupe.proto.message.RankRetired;
import dev.troupe.proto.message.RankSampled;
import dev.troupe.proto.message.RankSaved;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RankValidated;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.StartRank;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.TakeSnapshot;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.message.WriteShard;
import dev.troupe.train.Assignment;
import dev.troupe.train.HeldOutLosses;
import dev.troupe.train.Prepared;
import dev.troupe.train.Snapshot;
import dev.troupe.train.Trainer;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * A GPU actor that is a rank of one mesh epoch. It hands orders to its {@link StepRunner} without
 * waiting and reports what comes back. An order of another epoch, for another step than the next
 * one, or that comes twice, has no effect.
 *
 * <p>Each snapshot that is ordered and not dropped is answered by one {@link RankSaved}; {@link
 * RankStopped} is the last message.
 */
final class RankActor extends AbstractBehavior<Message> {
  private final RankRuntime runtime;
  private final Fence fence;
  private final int rank;
  private final ActorRef<AgentCommand> agent;
  private final StepRunner runner;
  private final SnapshotWriter writer;
  private final ShardSave save = new ShardSave();
  private long prepareOrdered;
  private long commitOrdered;
  private boolean failed;
  private boolean closing;
  private boolean closed;
  private @Nullable RetireRanks retiring;

  /** A rank that begins to start its trainer; its log lines tell the rank and the mesh epoch. */
  static Behavior<Message> create(RankRuntime runtime, StartRank start) {
    return Behaviors.withMdc(
        Message.class,
        LogContext.of(start.place().rank(), start.fence().epoch()),
        Behaviors.setup(context -> new RankActor(context, runtime, start)));
  }

  private RankActor(ActorContext<Message> context, RankRuntime runtime, StartRank start) {
    super(context);
    this.runtime = runtime;
    this.fence = start.fence();
    this.rank = start.place().rank();
    this.agent = start.agent();
    this.runner = new StepRunner(rank, fence.epoch());
    this.writer = new SnapshotWriter(rank, fence.epoch());
    this.prepareOrdered = start.job().resumeStep();
    this.commitOrdered = start.job().resumeStep();
    // Before anything can abort the epoch: what is not placed cannot be aborted.
    runtime.communicators().place(fence.epoch(), Placements.of(start.job()));
    pipe(runner.start(() -> trainer(start)), Started::new);
  }

  /** On the runner's thread: reading the job and loading a checkpoint may take long. */
  private Trainer trainer(StartRank start) {
    MeshJob job = start.job();
    Assignment assignment =
        new Assignment(
            runtime.jobs().apply(job.jobText()),
            fence.epoch(),
            new DeviceMesh(job.tp(), job.dp()),
            rank,
            job.ranksOnHostOf(rank),
            start.place().device(),
            Holdings.start(job),
            Holdings.homes(job),
            runtime.vault());
    return runtime.trainers().create(assignment, runtime.communicators());
  }

  @Override
  public Receive<Message> createReceive() {
    return newReceiveBuilder()
        .onAnyMessage(this::onMessage)
        .onSignal(PostStop.class, signal -> onPostStop())
        .build();
  }

  private Behavior<Message> onMessage(Message message) {
    switch (message) {
      case External(RankOrder order) when order.fence().equals(fence) && !closing -> obey(order);
      case External(RetireRanks retire) when retire.fence().compareTo(fence) > 0 -> retire(retire);
      case External other -> {} // another epoch's, too late, or a second StartRank
      case Started(RankState state) -> agent.tell(new RankReady(fence, state));
      case StepPrepared(Prepared prepared) -> onPrepared(prepared);
      case Validated(long step, HeldOutLosses losses) ->
          agent.tell(
              new RankValidated(
                  fence, rank, step, new ValidationResult(losses.loss(), losses.sets())));
      case Sampled(long step, SortedMap<Integer, String> texts) ->
          agent.tell(new RankSampled(fence, rank, step, texts));
      case WorkFailed(Throwable failure) -> onWorkFailed(failure);
      case SnapshotTaken(Snapshot snapshot) -> write(save.taken(snapshot));
      case SnapshotFailed(long step, Throwable failure) -> onSnapshotFailed(step, failure);
      case ShardWritten written -> onWritten(written.step(), written.failure());
      case Closed end -> onClosed(end.failure());
    }
    return closed && (retiring != null || save.free()) ? leave() : this;
  }

  private void obey(RankOrder order) {
    switch (order) {
      case PrepareStep prepare -> prepare(prepare.step());
      case CommitStep commit -> commit(commit);
      case TakeSnapshot take -> {
        if (take.step() == commitOrdered) {
          snapshot(take.step());
        }
      }
      case WriteShard shard -> write(save.into(shard.step(), Path.of(shard.folder())));
      case DropSnapshot drop -> save.drop(drop.step());
      case ReleaseRanks release -> close();
      case AbortEpoch abort -> abort(abort.reason());
    }
  }

  private void prepare(long step) {
    if (step == commitOrdered + 1 && step > prepareOrdered) {
      prepareOrdered = step;
      pipe(runner.prepare(step), StepPrepared::new);
    }
  }

  private void commit(CommitStep order) {
    long step = order.step();
    if (step != commitOrdered + 1 || step != prepareOrdered) {
      return;
    }
    commitOrdered = step;
    runtime.vault().clear(); // every rank was ready: what the mesh before held is not needed
    ActorRef<Message> self = getContext().getSelf();
    runner
        .commit(step, order.update())
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                self.tell(new WorkFailed(failure));
              }
            });
    if (order.snapshot()) {
      snapshot(step);
    }
    if (order.validate()) {
      pipe(runner.validate(), losses -> new Validated(step, losses));
    }
    if (order.sample()) {
      pipe(runner.sample(), texts -> new Sampled(step, texts));
    }
    if (order.prepareNext()) {
      prepare(step + 1);
    }
  }

  private void snapshot(long step) {
    if (!save.free()) {
      if (save.step() != step) {
        saved(step, "the checkpoint of step " + save.step() + " is still being written");
      }
      return;
    }
    save.ordered(step);
    getContext()
        .pipeToSelf(
            runner.snapshot(),
            (snapshot, failure) ->
                failure == null ? new SnapshotTaken(snapshot) : new SnapshotFailed(step, failure));
  }

  private void write(ShardSave.@Nullable Job job) {
    if (job != null) {
      getContext()
          .pipeToSelf(
              writer.write(job.snapshot(), job.folder()),
              (folder, failure) -> new ShardWritten(job.step(), failure));
    }
  }

  private void onPrepared(Prepared prepared) {
    agent.tell(
        new RankPrepared(
            fence,
            rank,
            prepared.step(),
            new StepResult(
                prepared.loss(),
                prepared.gradNorm(),
                prepared.lr(),
                prepared.tokens(),
                prepared.sourceLosses()),
            RankSet.of(prepared.suspects()),
            prepared.busySeconds()));
  }

  private void onSnapshotFailed(long step, Throwable failure) {
    if (save.failed()) {
      saved(step, Failure.of(failure).message());
    }
  }

  private void onWritten(long step, @Nullable Throwable failure) {
    save.written();
    saved(step, failure == null ? null : Failure.of(failure).message());
  }

  private void saved(long step, @Nullable String error) {
    agent.tell(new RankSaved(fence, rank, step, error));
  }

  /** Only the first failure is news: whatever was ordered after it fails with it. */
  private void onWorkFailed(Throwable failure) {
    if (failed) {
      return;
    }
    failed = true;
    Failure known = Failure.of(failure);
    boolean consequence = failure instanceof CommunicatorAbortedException;
    if (known.category() == Category.INTERNAL && !consequence) {
      getContext().getLog().error("rank {} failed", rank, failure);
    } else {
      getContext().getLog().info("rank {} cannot go on: {}", rank, known.message());
    }
    agent.tell(
        new RankFailed(
            fence,
            rank,
            consequence ? Category.PEER : known.category(),
            known.message(),
            consequence));
  }

  private void abort(String reason) {
    runtime.communicators().abort(fence.epoch(), reason);
    runner.cancel(reason);
    close();
  }

  /** Ends for another mesh; files that are still being written have no effect any more. */
  private void retire(RetireRanks order) {
    retiring = order;
    if (closing) {
      return; // it holds nothing
    }
    runtime.communicators().abort(fence.epoch(), order.reason());
    runner.cancel(order.reason());
    boolean here = order.committedIn() == fence.epoch();
    boolean trusted = !order.distrusted().contains(rank);
    close(runner.retire(order.committed(), here, trusted));
  }

  private void close() {
    close(runner.close());
  }

  private void close(CompletionStage<Boolean> end) {
    closing = true;
    if (save.drop(save.step())) {
      saved(save.step(), "the mesh ended before it was written");
    }
    getContext().pipeToSelf(end, (done, failure) -> new Closed(failure));
  }

  private void onClosed(@Nullable Throwable failure) {
    closed = true;
    if (failure != null) {
      onWorkFailed(failure);
    }
  }

  private Behavior<Message> leave() {
    RetireRanks retire = retiring;
    agent.tell(
        retire == null
            ? new RankStopped(fence, rank)
            : new RankRetired(
                retire.fence(), rank, Holdings.of(runtime.vault(), runtime.process())));
    return Behaviors.stopped();
  }

  /** Stopped from above, or by a defect here: the threads must not go on alone. */
  private Behavior<Message> onPostStop() {
    if (!closing) {
      abort("rank " + rank + "'s actor ended");
    }
    return this;
  }

  private <T> void pipe(CompletionStage<T> stage, Function<T, Message> message) {
    getContext()
        .pipeToSelf(
            stage,
            (result, failure) -> failure == null ? message.apply(result) : new WorkFailed(failure));
  }
}
