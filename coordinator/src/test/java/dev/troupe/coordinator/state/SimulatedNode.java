package dev.troupe.coordinator.state;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AbortEpoch;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.DropSnapshot;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.NodeValidated;
import dev.troupe.proto.message.PrepareStep;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.ReleaseRanks;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.TakeSnapshot;
import dev.troupe.proto.message.Vote;
import dev.troupe.proto.message.WriteShard;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A node with its ranks, as the coordinator sees them: what it must never be told is an error. */
final class SimulatedNode {
  private final Simulation world;
  private final String name;
  private final Random random;
  private Fence fence = new Fence(0, 0);
  private RankSet ranks = RankSet.none();
  private long prepared;
  private long committed;
  private long snapshot = -1;
  private boolean ended;

  SimulatedNode(Simulation world, String name, Random random) {
    this.world = world;
    this.name = name;
    this.random = random;
  }

  void receive(AgentCommand command) {
    if (command instanceof AssignRanks assign && assign.fence().compareTo(fence) > 0) {
      fence = assign.fence();
      ranks = RankSet.of(assign.ranks().stream().map(RankPlace::rank).toList());
      report(
          new NodeReady(
              fence, ranks.list().stream().map(rank -> new RankState(rank, 0, 1)).toList()));
    } else if (command instanceof RankOrder order && order.fence().equals(fence) && !ended) {
      obey(order);
    }
  }

  private void obey(RankOrder order) {
    switch (order) {
      case PrepareStep prepare -> prepare(prepare.step());
      case CommitStep commit -> commit(commit);
      case TakeSnapshot take -> snapshot(take.step());
      case WriteShard write -> write(write.step());
      case DropSnapshot drop -> snapshot = -1;
      case ReleaseRanks release -> end();
      case AbortEpoch abort -> {
        if (snapshot >= 0) {
          saved(snapshot, false);
        }
        end();
      }
    }
  }

  private void prepare(long step) {
    if (step != committed + 1 || step <= prepared) {
      return;
    }
    prepared = step;
    if (random.nextInt(600) == 0) {
      report(new RankFailed(fence, ranks.list().getFirst(), Category.DATA, "planted", false));
      return;
    }
    report(
        new NodePrepared(
            fence, step, List.of(new Vote<>(found(step), ranks)), RankSet.none(), List.of()));
  }

  /** The world's result, unless this node's memory is the one that is damaged. */
  private StepResult found(long step) {
    StepResult truth = world.truth(step);
    return random.nextInt(900) == 0
        ? new StepResult(Math.nextUp(truth.loss()), truth.gradNorm(), truth.lr(), truth.tokens())
        : truth;
  }

  private void commit(CommitStep order) {
    if (order.step() != committed + 1) {
      return; // came twice
    }
    world.check(order.step() == prepared, "I1/I2: commit of a step that is not prepared");
    committed = order.step();
    if (order.snapshot()) {
      snapshot(order.step());
    }
    if (order.validate()) {
      report(new NodeValidated(fence, committed, List.of(new Vote<>(1.0 / committed, ranks))));
    }
    if (order.prepareNext()) {
      prepare(committed + 1);
    }
  }

  private void snapshot(long step) {
    world.check(step == committed, "snapshot of step " + step + " at " + committed);
    world.check(snapshot < 0 || snapshot == step, "two snapshots at once");
    snapshot = step;
  }

  private void write(long step) {
    if (step == snapshot) {
      saved(step, random.nextInt(20) != 0);
    }
  }

  private void saved(long step, boolean good) {
    Map<Integer, String> failed = new TreeMap<>();
    if (!good) {
      failed.put(ranks.list().getFirst(), "planted");
    }
    snapshot = -1;
    report(
        new NodeSaved(
            fence, step, ranks.minus(RankSet.of(failed.keySet())), new TreeMap<>(failed)));
  }

  private void end() {
    ended = true;
    report(new NodeStopped(fence, ranks));
  }

  private void report(NodeReport report) {
    world.send(name, Simulation.COORDINATOR, new Event.NodeReported(report));
  }
}
