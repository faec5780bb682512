package dev.troupe.coordinator;

import dev.troupe.proto.spec.ElasticSpec;
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
 * @param silence for a sign of life of a node
 * @param retire for a node's ranks to make way for another mesh
 */
public record Timeouts(
    Duration register,
    Duration ready,
    Duration step,
    Duration save,
    Duration stop,
    Duration silence,
    Duration retire) {
  /** Checks that all are positive. */
  public Timeouts {
    for (Duration each : List.of(register, ready, step, save, stop, silence, retire)) {
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
        Duration.ofSeconds(10),
        Duration.ofMillis(2500),
        Duration.ofSeconds(8));
  }

  /** The same, with what the job says. */
  public Timeouts with(ElasticSpec elastic) {
    return new Timeouts(
        register,
        ready,
        Duration.ofSeconds(elastic.stepTimeout()),
        save,
        stop,
        Duration.ofMillis(Math.round(elastic.nodeTimeout() * 1000)),
        retire);
  }

  /** The same, with another wait for nodes. */
  public Timeouts withRegister(Duration next) {
    return new Timeouts(next, ready, step, save, stop, silence, retire);
  }
}
