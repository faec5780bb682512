package dev.troupe.collectives.comm.link;

import java.time.Duration;
import java.util.List;

/**
 * How long a data plane waits.
 *
 * @param connect for a peer's process to accept a connection and to answer the first word; refused
 *     connections are tried again until then
 * @param hello for the first word of whoever connects to this process
 * @param open for the peer's rank to open its end of the same group; also how long a peer that is
 *     early (its epoch is not yet known here) is kept waiting
 * @param stall for the next byte in the middle of a collective, and for peers that have not yet
 *     come to it
 */
public record LinkSettings(Duration connect, Duration hello, Duration open, Duration stall) {
  // Before the default, whose constructor reads it.
  private static final Duration LONGEST = Duration.ofDays(1);

  /** 30 s, 5 s, 5 min and 30 min. */
  public static final LinkSettings DEFAULT =
      new LinkSettings(
          Duration.ofSeconds(30),
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(30));

  /** Checks that all are longer than nothing and at most a day. */
  public LinkSettings {
    for (Duration time : List.of(connect, hello, open, stall)) {
      if (!time.isPositive() || time.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("a time limit must be 1 ns to 1 day, not " + time);
      }
    }
  }
}
