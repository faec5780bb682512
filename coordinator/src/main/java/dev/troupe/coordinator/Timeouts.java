package dev.troupe.coordinator;

import java.time.Duration;
import java.util.List;

/**
 * How long the coordinator waits before it ends a run that makes no progress.
 *
 * @param register for enough nodes
 * @param ready for a rank to allocate, load and answer
 * @param step for a step, a validation included
 * @param save for a checkpoint, from the order to its publication
 * @param stop for ranks to free everything
 */
public record Timeouts(
    Duration register, Duration ready, Duration step, Duration save, Duration stop) {
  /** Checks that all are positive. */
  public Timeouts {
    for (Duration each : List.of(register, ready, step, save, stop)) {
      if (!each.isPositive()) {
        throw new IllegalArgumentException("time-outs must be positive: " + each);
      }
    }
  }

  /** Generous ones: they catch what hangs, not what is slow. */
  public static Timeouts defaults() {
    return new Timeouts(
        Duration.ofMinutes(1),
        Duration.ofMinutes(30),
        Duration.ofMinutes(30),
        Duration.ofMinutes(30),
        Duration.ofSeconds(10));
  }

  /** The same, with another wait for nodes. */
  public Timeouts withRegister(Duration next) {
    return new Timeouts(next, ready, step, save, stop);
  }
}
