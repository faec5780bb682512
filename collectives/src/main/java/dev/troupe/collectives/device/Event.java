package dev.troupe.collectives.device;

/** A recorded point of a stream. */
public interface Event {
  /** Whether all work before the recorded point is done; never blocks. */
  boolean isDone();

  /** Blocks the calling thread until the recorded point has come. */
  void synchronize();
}
