package dev.troupe.collectives.device.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A fork-join of a fixed number of lanes for kernels. Lane 0 is the thread that calls {@link #run};
 * the others are daemon threads that this object owns until {@link #close}.
 *
 * <p>An idle lane spins for some tens of microseconds, so that kernels which follow each other
 * closely start at once; then it yields; then it parks until the next run. A run does not wait for
 * lanes that have not come: if they are late, the caller does their pieces.
 *
 * <p>One thread at a time runs. A run inside a piece, or from a second thread while one is under
 * way, does all of its pieces on the calling thread.
 */
public final class Lanes implements AutoCloseable {
  private final List<Lane> workers;
  private final AtomicBoolean running = new AtomicBoolean();
  private final Backoff backoff = new Backoff();
  private volatile boolean closed;

  /**
   * Starts {@code count - 1} threads.
   *
   * @param count number of lanes, 1 or more
   */
  public Lanes(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("lanes must be at least 1, not " + count);
    }
    List<Lane> lanes = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      lanes.add(Lane.start("lane-" + i));
    }
    workers = List.copyOf(lanes);
  }

  /** Number of lanes, the caller's included. */
  public int count() {
    return workers.size() + 1;
  }

  /**
   * Calls {@code task.run(piece)} once for every piece in {@code [0, pieces)} and returns when all
   * are done. What the pieces wrote is visible to the caller.
   *
   * <p>With one lane or one piece it is a plain loop: no synchronisation, no allocation.
   *
   * @throws RuntimeException the first exception of a piece; the pieces not yet begun are skipped
   */
  public void run(int pieces, PieceTask task) {
    if (pieces <= 1 || workers.isEmpty()) {
      runHere(pieces, task);
    } else if (running.compareAndSet(false, true)) {
      try {
        fork(pieces, task);
      } finally {
        running.set(false);
      }
    } else {
      runHere(pieces, task);
    }
  }

  private void fork(int pieces, PieceTask task) {
    if (closed) {
      throw new IllegalStateException("lanes are closed");
    }
    Fork fork = new Fork(pieces, task);
    int helpers = Math.min(pieces - 1, workers.size());
    for (int i = 0; i < helpers; i++) {
      workers.get(i).offer(fork);
    }
    fork.work();
    fork.join(backoff);
  }

  private static void runHere(int pieces, PieceTask task) {
    for (int piece = 0; piece < pieces; piece++) {
      task.run(piece);
    }
  }

  /** Ends the threads and waits until they are gone; idempotent. Not from inside a piece. */
  @Override
  public void close() {
    closed = true;
    workers.forEach(Lane::close);
  }
}
