package dev.troupe.collectives.device.cpu;

import java.util.concurrent.locks.LockSupport;

/**
 * How a thread waits for another one that does not wake it: it spins for about a microsecond, then
 * yields, then parks for times that grow with the time already waited.
 *
 * <p>Spinning is short because it starves the awaited thread as soon as threads outnumber cores. A
 * park lasts an eighth of all parks before it, so that a long wait costs next to no processor time
 * and yet ends at most about 12% (and never more than a millisecond) late.
 *
 * <p>Not thread-safe: one instance a waiting thread.
 */
public final class Backoff {
  private static final int SPINS = 200;

  /** Where threads outnumber processors, the awaited one may be waiting for this one's. */
  private static final int FEW_SPINS = 20;

  /** Some tens of microseconds. */
  private static final int MANY_SPINS = 4_000;

  private static final int YIELDS = 1_000;
  private static final long SHORTEST_PARK_NANOS = 20_000;
  private static final long LONGEST_PARK_NANOS = 1_000_000;

  private final int spins;
  private int turns;
  private long parkNanos = SHORTEST_PARK_NANOS;

  /** Creates a waiter at its first spin. */
  public Backoff() {
    this(SPINS);
  }

  private Backoff(int spins) {
    this.spins = spins;
  }

  /**
   * A waiter that yields from the start, for looks that cost a system call each: two hundred of
   * those are a fifth of a millisecond, in which an awaited thread of the same core cannot run.
   */
  public static Backoff withoutSpins() {
    return new Backoff(0);
  }

  /**
   * Creates a waiter for a group of threads, wherever they are. While each may have a processor of
   * its own it spins longer: who yields comes back late where anything else runs. Otherwise it
   * yields almost at once.
   *
   * @param threads threads of this host that wait for one another
   */
  public static Backoff among(int threads) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new Backoff(threads <= processors ? MANY_SPINS : FEW_SPINS);
  }

  /** Starts a new wait. */
  public void reset() {
    turns = 0;
    parkNanos = SHORTEST_PARK_NANOS;
  }

  /** Lets a little time pass; the caller then looks again at what it waits for. */
  public void pause() {
    if (turns < spins) {
      turns++;
      Thread.onSpinWait();
    } else if (turns < spins + YIELDS) {
      turns++;
      Thread.yield();
    } else {
      LockSupport.parkNanos(this, parkNanos);
      parkNanos = Math.min(parkNanos + parkNanos / 8, LONGEST_PARK_NANOS);
    }
  }
}
