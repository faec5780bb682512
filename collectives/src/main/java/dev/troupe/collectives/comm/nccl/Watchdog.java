package dev.troupe.collectives.comm.nccl;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A daemon thread that looks now and then, and at once when it is woken. */
final class Watchdog implements AutoCloseable {
  private final Semaphore woken = new Semaphore(0);
  private final Runnable look;
  private final long periodNanos;
  private final Thread thread;
  private volatile boolean closed;

  /** Starts the thread. */
  Watchdog(String name, Duration period, Runnable look) {
    this.look = look;
    this.periodNanos = period.toNanos();
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::watch);
  }

  /** Makes it look now; from any thread, never blocks. */
  void wake() {
    woken.release();
  }

  private void watch() {
    while (!closed) {
      try {
        if (woken.tryAcquire(periodNanos, TimeUnit.NANOSECONDS)) {
          woken.drainPermits();
        }
      } catch (InterruptedException e) {
        return; // nobody interrupts it but a virtual machine that ends
      }
      if (!closed) {
        look.run();
      }
    }
  }

  /**
   * Runs work that may hang in native code on a thread of its own.
   *
   * @return whether it came back within the limit; if not, it is left alone
   */
  static boolean returnsWithin(Duration limit, String name, Runnable work) {
    CountDownLatch returned = new CountDownLatch(1);
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(
            () -> {
              try {
                work.run();
              } finally {
                returned.countDown();
              }
            });
    try {
      return returned.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Ends the thread after what it is doing. */
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
