package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.simulation.Runner.Fault;
import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.DropSnapshot;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RankPrepared;
import dev.troupe.proto.message.RankReady;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.RankRetired;
import dev.troupe.proto.message.RankSampled;
import dev.troupe.proto.message.RankSaved;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RankValidated;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.TakeSnapshot;
import dev.troupe.proto.message.WriteShard;
import org.jspecify.annotations.Nullable;

/** A rank of one mesh epoch, as {@code RankActor} is one. */
final class SimRank {
  private final World world;
  private final Worker worker;
  private final SimAgent agent;
  private final Fence fence;
  private final int rank;
  private final Runner runner = new Runner();
  private final RankWork work;
  private final Saver save;
  private long prepareOrdered;
  private long commitOrdered;
  private boolean failed;
  private boolean closing;
  private boolean closed;
  private boolean left;
  private @Nullable RetireRanks retiring;

  SimRank(World world, Worker worker, SimAgent agent, Fence fence, MeshJob job, int rank) {
    this.world = world;
    this.worker = worker;
    this.agent = agent;
    this.fence = fence;
    this.rank = rank;
    this.work = new RankWork(world, worker, fence, job, rank);
    this.save = new Saver(world, worker.process, rank, this::written);
    this.prepareOrdered = job.resumeStep();
    this.commitOrdered = job.resumeStep();
    runner.order(
        work.start(step -> tell(new RankReady(fence, new RankState(rank, step, 1)))),
        this::workFailed);
  }

  Worker worker() {
    return worker;
  }

  ModelRank model() {
    return work.model();
  }

  /** An order from the agent. */
  void receive(RankOrder order) {
    if (order.fence().equals(fence) && !closing) {
      obey(order);
      leaveIfDone();
    }
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
      case WriteShard shard -> save.into(shard.step(), shard.folder());
      case DropSnapshot drop -> save.drop(drop.step());
      case ReleaseRanks release -> close();
      case AbortEpoch abort -> abort(abort.reason());
    }
  }

  private void prepare(long step) {
    if (step == commitOrdered + 1 && step > prepareOrdered) {
      prepareOrdered = step;
      runner.order(
          work.prepare(
              step,
              found ->
                  tell(
                      new RankPrepared(
                          fence, rank, step, found.result(), found.suspects(), found.busy()))),
          this::workFailed);
    }
  }

  private void commit(CommitStep order) {
    long step = order.step();
    if (step != commitOrdered + 1 || step != prepareOrdered) {
      return;
    }
    commitOrdered = step;
    worker.vault.clear();
    runner.order(work.commit(step, order.update()), this::workFailed);
    if (order.snapshot()) {
      snapshot(step);
    }
    if (order.validate()) {
      runner.order(
          work.validate(step, losses -> tell(new RankValidated(fence, rank, step, losses))),
          this::workFailed);
    }
    if (order.sample()) {
      runner.order(
          work.sample(texts -> tell(new RankSampled(fence, rank, step, texts))), this::workFailed);
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
    runner.order(
        work.snapshot(save::taken),
        fault -> {
          if (save.failed()) {
            saved(step, fault.message());
          }
        });
  }

  private void written(long step, @Nullable String error) {
    saved(step, error);
    leaveIfDone();
  }

  private void saved(long step, @Nullable String error) {
    tell(new RankSaved(fence, rank, step, error));
  }

  private void workFailed(Fault fault) {
    if (!failed) {
      failed = true;
      tell(new RankFailed(fence, rank, fault.category(), fault.message(), fault.consequence()));
    }
  }

  /** Ends for another mesh. */
  void retire(RetireRanks order) {
    if (order.fence().compareTo(fence) <= 0) {
      return;
    }
    retiring = order;
    if (!closing) {
      stopWork(order.reason());
      boolean trusted = !order.distrusted().contains(rank) || world.mutation.keepsDistrustedState();
      close(
          (done, never) -> {
            if (trusted) {
              boolean here = order.committedIn() == fence.epoch();
              world.mutation.keep(work.model(), order.committed(), here, worker);
            }
            done.run();
          });
    }
    leaveIfDone();
  }

  private void abort(String reason) {
    stopWork(reason);
    close();
  }

  private void stopWork(String reason) {
    runner.cancel(reason);
    if (!worker.stuck) {
      world.fabric.abort(fence.epoch(), worker.process);
    }
  }

  private void close() {
    close((done, never) -> done.run());
  }

  private void close(Runner.Work end) {
    closing = true;
    if (save.drop(save.step())) {
      saved(save.step(), "the mesh ended before it was written");
    }
    runner.orderLast(
        (done, never) ->
            worker.process.after(world.between(1, 30), () -> end.begin(() -> closed(done), never)));
  }

  private void closed(Runnable done) {
    closed = true;
    done.run();
    leaveIfDone();
  }

  private void leaveIfDone() {
    if (!left && closed && (retiring != null || save.free())) {
      left = true;
      RetireRanks retire = retiring;
      tell(
          retire == null
              ? new RankStopped(fence, rank)
              : new RankRetired(retire.fence(), rank, worker.vault.holdings()));
      world.network.send(worker.process, agent.process(), () -> agent.gone(rank, this));
    }
  }

  /** Its agent drops it: nobody hears it any more. */
  void drop() {
    if (!closing) {
      abort("dropped");
    }
  }

  private void tell(RankReport report) {
    world.network.send(worker.process, agent.process(), () -> agent.receive(report));
  }
}
