package dev.troupe.train;

import java.util.List;

/**
 * What a process keeps in memory of committed states while it has no trainer for them, and from
 * which the trainers of the next mesh start. One a process; thread-safe.
 */
public final class StateVault {
  /** What is held. */
  public synchronized List<HeldKey> keys() {
    return List.of();
  }

  /** Frees all that is not of {@code step}. */
  public synchronized void retainOnly(long step) {}

  /** Frees everything. */
  public synchronized void clear() {}
}
