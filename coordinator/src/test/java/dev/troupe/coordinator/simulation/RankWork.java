package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.simulation.Fabric.Name;
import dev.troupe.coordinator.simulation.Fabric.Party;
import dev.troupe.coordinator.simulation.Fabric.Words;
import dev.troupe.coordinator.simulation.ModelRank.Pending;
import dev.troupe.coordinator.simulation.Runner.Fault;
import dev.troupe.coordinator.simulation.Runner.Work;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.ValidationResult;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a rank's thread does: the trainer's methods, with the time and the collectives they take.
 */
final class RankWork {
  /** What a prepared step came to on one rank. */
  record Found(StepResult result, RankSet suspects, double busy) {}

  private final World world;
  private final Worker worker;
  private final Fence fence;
  private final MeshJob job;
  private final int rank;
  private final ModelRank model;

  RankWork(World world, Worker worker, Fence fence, MeshJob job, int rank) {
    this.world = world;
    this.worker = worker;
    this.fence = fence;
    this.job = job;
    this.rank = rank;
    this.model = new ModelRank(fence.epoch(), job, rank, world.scenario.copies());
  }

  ModelRank model() {
    return model;
  }

  /** Connects and loads. */
  Work start(LongConsumer ready) {
    return (done, failed) ->
        worker.process.after(
            world.between(20, 300),
            () ->
                collective(
                    new Name("start", 0),
                    "",
                    failed,
                    words -> {
                      Fault fault = load();
                      if (fault == null) {
                        world.ledger.loaded(fence, rank, model);
                        ready.accept(model.step());
                        done.run();
                      } else {
                        failed.accept(fault);
                      }
                    }));
  }

  private @Nullable Fault load() {
    String from = job.resumeFrom();
    if (!job.held().isEmpty()) {
      worker.vault.retainOnly(job.resumeStep(), job.held().getFirst().epoch());
      long[] cells = new long[Model.CELLS];
      for (int index = 0; index < job.held().getFirst().dp(); index++) {
        if (!fetch(index, cells)) {
          return new Fault(Category.PEER, "part " + index + " is in no process's memory", false);
        }
      }
      model.load(job.resumeStep(), cells);
    } else if (from != null) {
      SimDisk.Checkpoint checkpoint = world.disk.load(from);
      if (checkpoint == null) {
        return new Fault(Category.DATA, from + " is damaged", false);
      }
      worker.vault.clear();
      model.load(checkpoint.step, checkpoint.shares[model.share]);
    } else {
      worker.vault.clear();
      model.load(0, Model.initial(model.share));
    }
    return null;
  }

  private boolean fetch(int index, long[] into) {
    for (Holding held : job.held()) {
      if (held.tpIndex() == model.share && held.dpIndex() == index) {
        Worker holder = world.ledger.worker(held.process());
        long[] part = holder == null ? null : world.mutation.find(holder.vault, held);
        if (holder != null
            && part != null
            && !holder.process.dead()
            && world.network.connected(holder.process.host(), worker.process.host())) {
          System.arraycopy(part, 0, into, Model.first(index, held.dp()), part.length);
          return true;
        }
      }
    }
    return false;
  }

  Work prepare(long step, Consumer<Found> found) {
    return (done, failed) -> {
      world.ledger.check(
          Invariant.I2, model.step() == step - 1, "a rank at the wrong step is told to prepare");
      long busy = (long) (world.between(40, 120) * worker.slowness);
      worker.process.after(
          busy,
          () -> {
            boolean finite = !worker.takeNan() && step != world.scenario.poisonedStep();
            boolean damaged = job.dp() > 1 && worker.takeDamage();
            if (damaged) {
              world.ledger.damaged(fence.epoch());
            }
            collective(
                new Name("step", step),
                model.work(finite, damaged),
                failed,
                words -> {
                  if (damaged) {
                    model.damage();
                  }
                  StepOutcome outcome =
                      StepOutcome.of(step, job, words, world.scenario.virtualShards());
                  model.prepared(
                      new Pending(
                          step,
                          outcome.gradient(),
                          outcome.finite(),
                          outcome.suspects().contains(rank)));
                  world.ledger.computed(fence, step, outcome);
                  found.accept(new Found(outcome.result(step), outcome.suspects(), busy * 1e-9));
                  done.run();
                });
          });
    };
  }

  Work commit(long step, boolean update) {
    return (done, failed) -> {
      world.ledger.applied(fence, step, update, model);
      model.apply(update);
      collective(
          new Name("gather", step),
          model.own(),
          failed,
          words -> {
            long[] cells = new long[Model.CELLS];
            words.forEach(
                (other, own) -> {
                  if (other % job.tp() == model.share) {
                    long[] part = (long[]) own;
                    int first = Model.first(other / job.tp(), job.dp());
                    System.arraycopy(part, 0, cells, first, part.length);
                  }
                });
            model.gathered(cells);
            done.run();
          });
    };
  }

  Work validate(long step, Consumer<ValidationResult> losses) {
    return (done, failed) ->
        worker.process.after(
            world.between(10, 60),
            () ->
                collective(
                    new Name("validate", step),
                    model.work(true, false),
                    failed,
                    words -> {
                      StepOutcome outcome = StepOutcome.of(step, job, words, 1);
                      double loss = Model.loss(outcome.gradient());
                      losses.accept(new ValidationResult(loss, List.of(loss / 2)));
                      done.run();
                    }));
  }

  /** Every group writes texts of its own, in its own time. */
  Work sample(Consumer<SortedMap<Integer, String>> texts) {
    return (done, failed) ->
        worker.process.after(
            world.between(5, 120),
            () -> {
              texts.accept(new TreeMap<>(Map.of(rank, "text")));
              done.run();
            });
  }

  Work snapshot(Consumer<SimDisk.Shard> taken) {
    return (done, failed) -> {
      taken.accept(
          new SimDisk.Shard(
              model.step(), job.tp(), job.dp(), model.share, model.index, model.own().clone()));
      done.run();
    };
  }

  private void collective(Name name, Object word, Consumer<Fault> failed, Words done) {
    Runnable broken = () -> failed.accept(Fault.aborted("its connection to another rank broke"));
    world.fabric.enter(
        fence.epoch(), job.worldSize(), name, new Party(rank, worker.process, word, done, broken));
  }
}
