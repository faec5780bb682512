package dev.troupe.coordinator;

import java.util.List;

/**
 * All ranks have allocated everything and loaded their state.
 *
 * @param epoch mesh epoch
 * @param memoryBytes bytes that each rank has allocated on its device, by rank
 * @param seconds from the assignment to the last rank's answer
 */
public record RunReady(long epoch, List<Long> memoryBytes, double seconds) implements RunReport {
  /** Copies the list. */
  public RunReady {
    memoryBytes = List.copyOf(memoryBytes);
  }

  @Override
  public void deliverTo(RunListener listener) {
    listener.onReady(this);
  }
}
