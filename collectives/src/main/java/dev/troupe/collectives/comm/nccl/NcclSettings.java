package dev.troupe.collectives.comm.nccl;

import java.time.Duration;

/**
 * How a rank's NCCL communicators behave; the same on every rank of a mesh.
 *
 * @param timeout how long a collective may take from the moment its turn on the GPU has come, and
 *     how long it may take until all ranks have connected; then it is aborted
 * @param abortLimit how long an abort itself may take; after that the process must be ended
 * @param ordered whether {@code reduceScatter} sums in rank order, as the CPU communicators do, at
 *     the cost of staging memory; otherwise NCCL chooses the order
 */
public record NcclSettings(Duration timeout, Duration abortLimit, boolean ordered) {
  private static final Duration LONGEST = Duration.ofDays(1);

  /** Checks that both times are longer than nothing and at most a day. */
  public NcclSettings {
    requireTime("timeout", timeout);
    requireTime("abortLimit", abortLimit);
  }

  private static void requireTime(String name, Duration time) {
    if (!time.isPositive() || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(name + " must be 1 ns to 1 day, not " + time);
    }
  }

  /** 5 minutes and 5 s. */
  public static NcclSettings defaults(boolean ordered) {
    return new NcclSettings(Duration.ofMinutes(5), Duration.ofSeconds(5), ordered);
  }
}
