package dev.troupe.trace;

import dev.troupe.collectives.device.Stream;

/** Tells when the work of a stream passes a point. Used by the rank's own thread. */
public interface TraceClock extends AutoCloseable {
  /** Marks the point that {@code stream} has been given work up to. */
  Mark mark(Stream stream);

  /** A point of a stream. */
  @FunctionalInterface
  interface Mark {
    /** Microseconds from the clock's own beginning to this point, which must have come. */
    double micros();
  }

  /** Waits until all points have come. */
  void settle();

  /** Gives all marks back. */
  @Override
  void close();
}
