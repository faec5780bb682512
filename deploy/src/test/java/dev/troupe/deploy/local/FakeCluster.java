package dev.troupe.deploy.local;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.train.Assignment;
import dev.troupe.train.Damage;
import dev.troupe.train.HeldOutLosses;
import dev.troupe.train.Prepared;
import dev.troupe.train.Snapshot;
import dev.troupe.train.Start;
import dev.troupe.train.Trainer;
import dev.troupe.train.TrainerFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Trainers whose state is a step number. As real ones they meet in collectives, which only an abort
 * ends; {@link #at} is where a test puts its faults.
 */
class FakeCluster implements TrainerFactory, Communicators {
  /** Where a rank is. */
  enum Point {
    CREATE,
    PREPARE,
    COMMIT,
    VALIDATE,
    WRITE,
    CLOSE
  }

  /** The ranks of one mesh epoch, and where they meet. */
  private static final class Mesh {
    private int arrived;
    private long round;
    private @Nullable String aborted;

    synchronized void abort(String reason) {
      aborted = reason;
      notifyAll();
    }

    synchronized void meet(int ranks) {
      long mine = round;
      if (++arrived == ranks) {
        arrived = 0;
        round++;
        notifyAll();
      }
      while (round == mine && aborted == null) {
        try {
          wait();
        } catch (InterruptedException interrupted) {
          throw new IllegalStateException(interrupted);
        }
      }
      if (aborted != null) {
        throw new CommunicatorAbortedException(aborted);
      }
    }
  }

  private final Map<Long, Mesh> meshes = new ConcurrentHashMap<>();

  private Mesh mesh(long epoch) {
    return meshes.computeIfAbsent(epoch, number -> new Mesh());
  }

  private void meet(Assignment assignment) {
    mesh(assignment.epoch()).meet(assignment.mesh().size());
  }

  /** Called on the rank's (or its writer's) thread; may throw or block. */
  void at(Point point, int rank, long step) throws IOException {}

  /** The loss that {@code rank} finds. */
  double loss(int rank, long step) {
    return 5.0 / step;
  }

  /** The step a rank's state has after loading. */
  long loaded(Assignment assignment) {
    return assignment.start() instanceof Start.Checkpoint(Path folder)
        ? Long.parseLong(String.valueOf(folder.getFileName()).replace("step-", ""))
        : 0;
  }

  @Override
  public Trainer create(Assignment assignment, Communicators communicators) {
    reach(Point.CREATE, assignment.rank(), 0);
    meet(assignment);
    return new FakeTrainer(assignment);
  }

  @Override
  public void place(long epoch, Placement placement) {}

  @Override
  public Communicator open(long epoch, ProcessGroup group, int rank) {
    throw new UnsupportedOperationException("fake trainers meet without communicators");
  }

  @Override
  public void abort(long epoch, String reason) {
    mesh(epoch).abort(reason);
  }

  private void reach(Point point, int rank, long step) {
    try {
      at(point, rank, step);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private final class FakeTrainer implements Trainer {
    private final Thread owner = Thread.currentThread();
    private final Assignment assignment;
    private long step;
    private long prepared;

    FakeTrainer(Assignment assignment) {
      this.assignment = assignment;
      this.step = loaded(assignment);
    }

    private void work(Point point, long at) {
      if (!Thread.currentThread().equals(owner)) {
        throw new IllegalStateException(point + " on " + Thread.currentThread());
      }
      reach(point, assignment.rank(), at);
    }

    @Override
    public long step() {
      return step;
    }

    @Override
    public Prepared prepare() {
      work(Point.PREPARE, step + 1);
      meet(assignment);
      prepared = step + 1;
      return new Prepared(prepared, loss(assignment.rank(), prepared), 1.0, 1e-3, 64, List.of(), 0);
    }

    @Override
    public void commit() {
      work(Point.COMMIT, step + 1);
      meet(assignment);
      if (prepared != step + 1) {
        throw new IllegalStateException("commit without prepare at " + step);
      }
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
      work(Point.VALIDATE, step);
      meet(assignment);
      return new HeldOutLosses(6.0 / step);
    }

    @Override
    public SortedMap<Integer, String> sample() {
      meet(assignment);
      return new TreeMap<>(Map.of(assignment.rank(), "text " + step));
    }

    @Override
    public Snapshot snapshot() {
      return new FakeSnapshot(assignment.rank(), step);
    }

    @Override
    public long memoryBytes() {
      return 1000L + assignment.rank();
    }

    @Override
    public void close() {
      work(Point.CLOSE, step);
    }
  }

  private final class FakeSnapshot implements Snapshot {
    private final int rank;
    private final long step;

    FakeSnapshot(int rank, long step) {
      this.rank = rank;
      this.step = step;
    }

    @Override
    public long step() {
      return step;
    }

    @Override
    public void write(Path folder) throws IOException {
      at(Point.WRITE, rank, step);
      Files.writeString(folder.resolve("rank-" + rank), Long.toString(step));
    }

    @Override
    public void close() {}
  }
}
