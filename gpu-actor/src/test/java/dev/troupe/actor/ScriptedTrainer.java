package dev.troupe.actor;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.train.Damage;
import dev.troupe.train.HeldOutLosses;
import dev.troupe.train.Prepared;
import dev.troupe.train.Snapshot;
import dev.troupe.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A trainer whose work takes as long as a test wants: with {@link #hold} each prepare waits for
 * {@link #release}, and an abort of its communicators ends the waiting. It keeps a diary.
 */
class ScriptedTrainer implements Trainer, Communicators {
  final List<String> diary = new CopyOnWriteArrayList<>();
  final BlockingQueue<RuntimeException> releases = new LinkedBlockingQueue<>();
  volatile boolean hold;
  volatile @Nullable IOException writeFailure;
  private static final RuntimeException GO = new RuntimeException("go");
  private long step;

  ScriptedTrainer(long step) {
    this.step = step;
  }

  void release() {
    releases.add(GO);
  }

  void fail(RuntimeException failure) {
    releases.add(failure);
  }

  @Override
  public long step() {
    return step;
  }

  @Override
  public Prepared prepare() {
    diary.add("prepare " + (step + 1));
    if (hold) {
      try {
        RuntimeException answer = releases.take();
        if (!answer.equals(GO)) {
          throw answer;
        }
      } catch (InterruptedException interrupted) {
        throw new IllegalStateException(interrupted);
      }
    }
    return new Prepared(step + 1, 1.5, 2.5, 1e-3, 8, List.of(), 0);
  }

  @Override
  public void commit() {
    step++;
    diary.add("commit " + step);
  }

  @Override
  public void skip() {
    step++;
    diary.add("skip " + step);
  }

  @Override
  public void keep(long committed, boolean prepared) {
    diary.add("keep " + committed);
  }

  @Override
  public void damage(Damage damage) {
    diary.add("damage " + damage);
  }

  @Override
  public HeldOutLosses validate() {
    diary.add("validate " + step);
    return new HeldOutLosses(4.0, List.of(3.0, Double.NaN));
  }

  @Override
  public SortedMap<Integer, String> sample() {
    diary.add("sample " + step);
    return new TreeMap<>(Map.of(2, "text"));
  }

  @Override
  public Snapshot snapshot() {
    diary.add("snapshot " + step);
    long copied = step;
    return new Snapshot() {
      @Override
      public long step() {
        return copied;
      }

      @Override
      public void write(Path folder) throws IOException {
        IOException failure = writeFailure;
        if (failure != null) {
          throw failure;
        }
        diary.add("write " + copied + " to " + folder);
      }

      @Override
      public void close() {
        diary.add("free " + copied);
      }
    };
  }

  @Override
  public long memoryBytes() {
    return 77;
  }

  @Override
  public void close() {
    diary.add("close");
  }

  @Override
  public void place(long epoch, Placement placement) {}

  @Override
  public Communicator open(long epoch, ProcessGroup group, int rank) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void abort(long epoch, String reason) {
    diary.add("abort " + epoch);
    fail(new CommunicatorAbortedException(reason));
  }
}
