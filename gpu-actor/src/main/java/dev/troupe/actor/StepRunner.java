package dev.troupe.actor;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.proto.message.RankState;
import dev.troupe.train.HeldOutLosses;
import dev.troupe.train.Prepared;
import dev.troupe.train.Snapshot;
import dev.troupe.train.Trainer;
import java.util.SortedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that owns a rank's trainer. Its methods may be called from any thread and return
 * at once; what they order is done in that order on the runner's thread, on which the returned
 * stages complete, too. After a failure nothing more is done: everything ordered later fails with
 * it.
 *
 * <p>The thread is a daemon: a rank that hangs in native code cannot keep the process alive.
 */
final class StepRunner {
  private record Task<T>(Callable<T> work, CompletableFuture<T> done, boolean last) {
    void run(@Nullable Throwable refusal) {
      if (refusal != null) {
        done.completeExceptionally(refusal);
        return;
      }
      T result;
      try {
        result = work.call();
      } catch (Throwable failure) {
        done.completeExceptionally(failure);
        return;
      }
      done.complete(result);
    }
  }

  private final int rank;
  private final BlockingQueue<Task<?>> queue = new LinkedBlockingQueue<>();
  private volatile @Nullable CommunicatorAbortedException cancelled;
  private @Nullable Trainer trainer; // the runner's thread only

  /** Starts the thread, whose log lines tell the rank and the mesh epoch. */
  StepRunner(int rank, long epoch) {
    this.rank = rank;
    Thread.ofPlatform()
        .daemon()
        .name("rank-" + rank)
        .start(LogContext.around(rank, epoch, this::work));
  }

  /** Makes the trainer; the first order. */
  CompletionStage<RankState> start(Supplier<Trainer> factory) {
    return order(
        () -> {
          Trainer made = factory.get();
          trainer = made;
          return new RankState(rank, made.step(), made.memoryBytes());
        });
  }

  CompletionStage<Prepared> prepare(long step) {
    return order(
        () -> {
          Prepared prepared = trainer().prepare();
          expect(step, prepared.step());
          return prepared;
        });
  }

  CompletionStage<Long> commit(long step, boolean update) {
    return order(
        () -> {
          if (update) {
            trainer().commit();
          } else {
            trainer().skip();
          }
          expect(step, trainer().step());
          return step;
        });
  }

  private static void expect(long ordered, long found) {
    if (ordered != found) {
      throw new IllegalStateException(
          "the trainer is at step " + found + ", ordered was step " + ordered);
    }
  }

  CompletionStage<HeldOutLosses> validate() {
    return order(() -> trainer().validate());
  }

  CompletionStage<SortedMap<Integer, String>> sample() {
    return order(() -> trainer().sample());
  }

  CompletionStage<Snapshot> snapshot() {
    return order(() -> trainer().snapshot());
  }

  /** Drops what was ordered and has not begun, as if communicators had been aborted. */
  void cancel(String reason) {
    cancelled = new CommunicatorAbortedException(reason);
  }

  /** Closes the trainer and ends the thread; the last order. */
  CompletionStage<Boolean> close() {
    return order(
        () -> {
          Trainer mine = trainer;
          if (mine != null) {
            mine.close();
          }
          return true;
        },
        true);
  }

  /**
   * Keeps what there is of the state of step {@code committed}, whatever failed or was cancelled
   * before, closes the trainer and ends the thread; the last order.
   *
   * @param here whether this trainer's mesh is the one that prepared that step
   * @param trusted whether the state is to be kept at all
   */
  CompletionStage<Boolean> retire(long committed, boolean here, boolean trusted) {
    return order(
        () -> {
          Trainer mine = trainer;
          if (mine != null) {
            try (mine) {
              if (trusted) {
                mine.keep(committed, here);
              }
            }
          }
          return true;
        },
        true);
  }

  private <T> CompletionStage<T> order(Callable<T> work) {
    return order(work, false);
  }

  private <T> CompletionStage<T> order(Callable<T> work, boolean last) {
    Task<T> task = new Task<>(work, new CompletableFuture<>(), last);
    queue.add(task);
    return task.done();
  }

  private Trainer trainer() {
    Trainer mine = trainer;
    if (mine == null) {
      throw new IllegalStateException("the trainer was never made");
    }
    return mine;
  }

  private void work() {
    Throwable failure = null;
    Task<?> task;
    do {
      try {
        task = queue.take();
      } catch (InterruptedException interrupted) {
        return; // nobody interrupts this thread but a virtual machine that ends
      }
      Throwable refusal = task.last() ? null : failure != null ? failure : cancelled;
      task.run(refusal);
      if (failure == null && task.done().isCompletedExceptionally()) {
        failure = task.done().exceptionNow();
      }
    } while (!task.last());
  }
}
