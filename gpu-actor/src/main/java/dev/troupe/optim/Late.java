package dev.troupe.optim;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Pending;

/** Collectives that are awaited late where it pays. */
final class Late {
  private Late() {}

  /**
   * What remains to be awaited of a collective: all of it where the group {@linkplain
   * Communicator#progressesAlone progresses alone}; else it is completed here and now.
   */
  static Pending of(Communicator group, Pending started) {
    if (group.progressesAlone()) {
      return started;
    }
    started.await();
    return Pending.DONE;
  }
}
