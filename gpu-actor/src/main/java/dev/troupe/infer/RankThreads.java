package dev.troupe.infer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The threads on which tensor-parallel ranks compute together. Rank 0 is the caller's own thread,
 * so a single rank needs no other.
 *
 * <p>Threading: one call at a time.
 */
final class RankThreads implements AutoCloseable {
  private final List<ExecutorService> others = new ArrayList<>();
  private final Consumer<String> abort;

  /**
   * Starts {@code ranks - 1} threads.
   *
   * @param abort ends the collectives of all ranks, from any thread
   */
  RankThreads(int ranks, Consumer<String> abort) {
    this.abort = abort;
    for (int rank = 1; rank < ranks; rank++) {
      others.add(
          Executors.newSingleThreadExecutor(
              Thread.ofPlatform().daemon().name("inference-rank-" + rank).factory()));
    }
  }

  /**
   * Calls {@code work} with every rank at once and returns when all are done. When one fails, the
   * others are not left waiting for it.
   *
   * @throws RuntimeException the first failure of a rank; the ranks' collectives are of no use then
   */
  void run(IntConsumer work) {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    IntConsumer guarded = rank -> attempt(rank, work, failure);
    List<CompletableFuture<Void>> running = new ArrayList<>(others.size());
    for (int i = 0; i < others.size(); i++) {
      int rank = i + 1;
      running.add(CompletableFuture.runAsync(() -> guarded.accept(rank), others.get(i)));
    }
    guarded.accept(0);
    running.forEach(CompletableFuture::join);
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private void attempt(int rank, IntConsumer work, AtomicReference<@Nullable Throwable> failure) {
    try {
      work.accept(rank);
    } catch (Throwable e) {
      // Kept before the others are woken: what they then fail with is a consequence.
      failure.compareAndSet(null, e);
      abort.accept("inference rank " + rank + " failed: " + e);
    }
  }

  /** Ends the threads, which must be idle. */
  @Override
  public void close() {
    others.forEach(ExecutorService::close);
  }
}
