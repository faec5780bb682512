package dev.troupe.deploy.process;

import java.time.Duration;
import java.util.Optional;

/**
 * When a process that ended by itself is started again: at once, but after a growing pause where it
 * ends soon each time, and not for ever. One object a process; used by one thread at a time.
 */
public final class Restarts {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** Who lived so long did not end because it cannot run. */
  private static final Duration SOUND = Duration.ofSeconds(10);

  private final int limit;
  private int done;
  private Duration pause = Duration.ZERO;

  /** At most {@code limit} restarts. */
  public Restarts(int limit) {
    this.limit = limit;
  }

  /**
   * The process has ended.
   *
   * @param lived how long it ran
   * @return how long to wait before it is started again; empty: it has been often enough
   */
  public Optional<Duration> next(Duration lived) {
    if (done == limit) {
      return Optional.empty();
    }
    done++;
    Duration now = lived.compareTo(SOUND) >= 0 ? Duration.ZERO : pause;
    Duration twice = now.isZero() ? FIRST_PAUSE : now.multipliedBy(2);
    pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    return Optional.of(now);
  }

  /** How often it has been started again. */
  public int done() {
    return done;
  }
}
