package dev.troupe.collectives.comm;

import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;

/** Makes the communicators of one mesh epoch. Thread-safe: every rank's thread asks for its own. */
public interface Communicators {
  /**
   * Tells where the ranks of an epoch are; comes before the epoch's first {@link #open}. Told
   * again, it changes nothing.
   */
  void place(long epoch, Placement placement);

  /**
   * This rank's end of the communicator of {@code group}; returns without waiting for the others.
   *
   * @param epoch mesh epoch; communicators of different epochs never meet
   * @param rank mesh rank of the caller; must be in the group
   */
  Communicator open(long epoch, ProcessGroup group, int rank);

  /** Aborts every communicator of {@code epoch}; callable from any thread. */
  void abort(long epoch, String reason);
}
