package dev.troupe.coordinator.simulation;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.Fence;
import java.util.stream.Stream;

/** Bugs of agents and ranks. */
final class NodeBugs {
  private NodeBugs() {}

  static Stream<Planted> all() {
    return Stream.of(
        Planted.of(
            "agents obey orders of a mesh that is over",
            new Mutation() {
              @Override
              public boolean obeys(Fence mine, Fence order, boolean right) {
                return true;
              }
            },
            Invariant.I3),
        Planted.of(
            "what a rank keeps is called the committed step, whatever it is",
            new Mutation() {
              @Override
              public void keep(ModelRank model, long committed, boolean here, Worker worker) {
                model.keepAs(committed, worker.vault, worker.process.name());
              }
            },
            Invariant.I5),
        Planted.of(
            "a prepared step that was committed is not applied at retire",
            new Mutation() {
              @Override
              public void keep(ModelRank model, long committed, boolean here, Worker worker) {
                model.keep(committed, false, worker.vault, worker.process.name());
              }
            },
            Invariant.I2,
            Invariant.I4),
        Planted.of(
            "a rank that is known to be damaged keeps its state",
            new Mutation() {
              @Override
              public boolean keepsDistrustedState() {
                return true;
              }

              @Override
              public void keep(ModelRank model, long committed, boolean here, Worker worker) {
                model.trust();
                model.keep(committed, here, worker.vault, worker.process.name());
              }
            },
            Invariant.I5),
        Planted.of(
            "an agent says only once that it has retired",
            new Mutation() {
              @Override
              public boolean retiresOnce() {
                return true;
              }
            },
            Invariant.I12),
        Planted.of(
            "an agent that retires twice forgets what its processes hold",
            new Mutation() {
              @Override
              public boolean forgetsHoldings() {
                return true;
              }
            },
            Invariant.I2,
            Invariant.I4),
        Planted.of(
            "the end of a process counts as a defect of the job",
            new Mutation() {
              @Override
              public Category endOfProcess() {
                return Category.INTERNAL;
              }
            },
            Invariant.I2,
            Invariant.I4,
            Invariant.I12));
  }
}
