package dev.troupe.deploy.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.deploy.worker.Pulse.Next;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PulseTest {
  private static final Duration LIMIT = Duration.ofMillis(2_500);
  private static final long BEGIN = Long.MAX_VALUE - Duration.ofMillis(700).toNanos(); // wraps

  private final Pulse pulse = new Pulse(LIMIT, BEGIN);
  private long now = BEGIN;

  private Next after(long millis) {
    now += Duration.ofMillis(millis).toNanos();
    return pulse.check(now);
  }

  /** Checks every interval from here on; returns the milliseconds after which it is given up. */
  private long untilGivenUp() {
    long step = Pulse.interval(LIMIT).toMillis();
    for (long waited = step; waited < 10_000; waited += step) {
      if (after(step) == Next.GIVE_UP) {
        return waited;
      }
    }
    throw new AssertionError("never");
  }

  @Test
  void asksAgainOnceItIsAnswered() {
    assertEquals(Next.ASK, after(100));
    assertEquals(Next.WAIT, after(100));
    pulse.answered();
    assertEquals(Next.ASK, after(100));
  }

  @Test
  void aSilentProcessIsGivenUpSoonAfterTheLimit() {
    long waited = untilGivenUp();
    assertTrue(waited > 2_500 && waited <= 2_800, "given up after " + waited + " ms");
  }

  @Test
  void aPauseJustBelowTheLimitHasNoEffect() {
    assertEquals(Next.ASK, after(100));
    pulse.answered();
    // The process stands still from here, between two questions.
    assertEquals(Next.ASK, after(99));
    for (int i = 0; i < 24; i++) {
      assertEquals(Next.WAIT, after(100));
    }
    pulse.answered();
    assertEquals(Next.ASK, after(100));
  }

  @Test
  void whereTheWatcherItselfStoodStillTheWaitBeginsAnew() {
    assertEquals(Next.ASK, after(100));
    assertEquals(Next.WAIT, after(60_000));
    long waited = untilGivenUp();
    assertTrue(waited > 2_500 && waited <= 2_800, "given up after " + waited + " ms");
  }
}
