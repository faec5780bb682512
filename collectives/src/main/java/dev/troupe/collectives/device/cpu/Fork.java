package dev.troupe.collectives.device.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@link Lanes#run}: its pieces are claimed in order by whichever lane is free.
 *
 * <p>Each run has its own object, so a lane that wakes late finds its run's pieces all claimed and
 * touches nothing of the next one; and the caller waits for pieces, never for a lane that has not
 * come.
 */
final class Fork {
  private final int pieces;
  private final PieceTask task;
  private final AtomicInteger claimed = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  Fork(int pieces, PieceTask task) {
    this.pieces = pieces;
    this.task = task;
  }

  /** Runs pieces until none is left to claim. After a failure the rest is claimed but not run. */
  void work() {
    int mine = 0;
    for (int piece = claim(); piece < pieces; piece = claim()) {
      if (failure.get() == null) {
        runPiece(piece);
      }
      mine++;
    }
    if (mine > 0) {
      done.addAndGet(mine);
    }
  }

  /** Waits for the pieces that other lanes have claimed; throws the first failure of any piece. */
  void join(Backoff backoff) {
    backoff.reset();
    while (done.get() < pieces) {
      backoff.pause();
    }
    switch (failure.get()) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private int claim() {
    return claimed.getAndIncrement();
  }

  private void runPiece(int piece) {
    try {
      task.run(piece);
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }
}
