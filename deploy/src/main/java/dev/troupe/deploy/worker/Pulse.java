package dev.troupe.deploy.worker;

import java.time.Duration;

/**
 * Whether a worker process still answers. One question is under way at a time, and only the wait
 * for its answer counts: a process that stood still for less than the limit has answered in time.
 * Thread-safe.
 */
final class Pulse {
  /** What to do now. */
  enum Next {
    /** Nothing. */
    WAIT,
    /** Send the question. */
    ASK,
    /** No answer within the limit. */
    GIVE_UP
  }

  private final long limit;
  private long checkedAt;
  private long askedAt;
  private boolean waiting;

  /**
   * The pulse of a process that has just been heard of.
   *
   * @param now the time, by {@link System#nanoTime}
   */
  Pulse(Duration limit, long now) {
    this.limit = limit.toNanos();
    this.checkedAt = now;
  }

  /** How often to check: often enough for a limit to be overrun little. */
  static Duration interval(Duration limit) {
    return limit.dividedBy(25);
  }

  /** The answer is there. */
  synchronized void answered() {
    waiting = false;
  }

  /**
   * To be called at every interval. Where it was not for long, this process itself stood still, and
   * answers may lie unread: the wait begins anew.
   */
  synchronized Next check(long now) {
    boolean stoodStill = now - checkedAt > limit / 2;
    checkedAt = now;
    if (!waiting) {
      waiting = true;
      askedAt = now;
      return Next.ASK;
    }
    if (stoodStill) {
      askedAt = now;
    }
    return now - askedAt > limit ? Next.GIVE_UP : Next.WAIT;
  }
}
