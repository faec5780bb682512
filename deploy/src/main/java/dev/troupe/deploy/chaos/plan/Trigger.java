package dev.troupe.deploy.chaos.plan;

import java.time.Duration;
import java.util.OptionalLong;

/** When a fault strikes. */
public sealed interface Trigger {
  /**
   * At a moment of the protocol, once.
   *
   * @param step the step, or of a checkpoint's operations the checkpoint's; empty: the first one
   * @param moment the moment
   */
  record At(OptionalLong step, Moment moment) implements Trigger {}

  /**
   * From one step to another.
   *
   * @param first the fault begins when this step is ordered
   * @param last it ends when this step is ordered
   */
  record Between(long first, long last) implements Trigger {}

  /**
   * At random times with independent, exponentially distributed distances.
   *
   * @param mean mean distance
   * @param seed of times, targets and kinds
   * @param count number of faults
   * @param apart for how long the faults before must have been over; zero: they may still be under
   *     way
   */
  record Storm(Duration mean, long seed, int count, Duration apart) implements Trigger {}
}
