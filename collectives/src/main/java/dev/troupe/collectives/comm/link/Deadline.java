package dev.troupe.collectives.comm.link;

import java.net.SocketTimeoutException;
import java.time.Duration;

/** A moment by which something must have happened. */
record Deadline(long nanoTime) {
  /** So long from now. */
  static Deadline in(Duration time) {
    return new Deadline(System.nanoTime() + time.toNanos());
  }

  boolean hasPassed() {
    return nanoTime - System.nanoTime() <= 0;
  }

  /** Milliseconds left, rounded up, at least 1: a time-out of 0 would mean none. */
  int millisLeft() throws SocketTimeoutException {
    long nanos = nanoTime - System.nanoTime();
    if (nanos <= 0) {
      throw new SocketTimeoutException("time is up");
    }
    return (int) Math.min(Integer.MAX_VALUE, nanos / 1_000_000 + 1);
  }
}
