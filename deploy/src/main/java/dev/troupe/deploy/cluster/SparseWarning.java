package dev.troupe.deploy.cluster;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets one warning through in a while and counts the others, so that strangers cannot fill a log.
 * Thread-safe.
 */
final class SparseWarning {
  private final long interval;
  private final LongSupplier nanoTime;
  private final AtomicLong silentUntil;
  private final AtomicLong count = new AtomicLong();

  SparseWarning(Duration interval, LongSupplier nanoTime) {
    this.interval = interval.toNanos();
    this.nanoTime = nanoTime;
    this.silentUntil = new AtomicLong(nanoTime.getAsLong());
  }

  /**
   * One more to warn of.
   *
   * @param warning called where it is time: with how many there were since the last warning
   */
  void raise(LongConsumer warning) {
    count.incrementAndGet();
    long now = nanoTime.getAsLong();
    long until = silentUntil.get();
    if (now - until >= 0 && silentUntil.compareAndSet(until, now + interval)) {
      warning.accept(count.getAndSet(0));
    }
  }
}
