package dev.troupe.deploy.control;

import dev.troupe.actor.RankRuntime;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.Damage;
import dev.troupe.train.HeldOutLosses;
import dev.troupe.train.Prepared;
import dev.troupe.train.Snapshot;
import dev.troupe.train.StateVault;
import dev.troupe.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Work for real GPU actors, threads and all, that takes no time. */
final class IdleRanks {
  private IdleRanks() {}

  static RankRuntime of(JobSpec job) {
    return new RankRuntime(
        "local",
        (assignment, communicators) -> new IdleTrainer(),
        new NoCommunicators(),
        text -> job,
        new StateVault());
  }

  private static final class IdleTrainer implements Trainer {
    private long step;

    @Override
    public long step() {
      return step;
    }

    @Override
    public Prepared prepare() {
      return new Prepared(step + 1, 1, 1, 1, 1, List.of(), 0);
    }

    @Override
    public void commit() {
      step++;
    }

    @Override
    public void skip() {
      step++;
    }

    @Override
    public void keep(long committed, boolean prepared) {}

    @Override
    public void damage(Damage damage) {}

    @Override
    public HeldOutLosses validate() {
      return new HeldOutLosses(1);
    }

    @Override
    public SortedMap<Integer, String> sample() {
      return new TreeMap<>();
    }

    @Override
    public Snapshot snapshot() {
      return new NoSnapshot(step);
    }

    @Override
    public long memoryBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private record NoSnapshot(long step) implements Snapshot {
    @Override
    public void write(Path folder) {}

    @Override
    public void close() {}
  }

  private static final class NoCommunicators implements Communicators {
    @Override
    public void place(long epoch, Placement placement) {}

    @Override
    public Communicator open(long epoch, ProcessGroup group, int rank) {
      throw new UnsupportedOperationException("ranks that compute nothing have nothing to say");
    }

    @Override
    public void abort(long epoch, String reason) {}
  }
}
