package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.device.cpu.Backoff;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How a rank waits for its peers: with a back-off, until the communicator is aborted or nothing has
 * moved for too long. Only {@link #abort} may be called from another thread.
 */
final class Watch {
  private final AtomicReference<@Nullable String> aborted = new AtomicReference<>();
  private final Backoff backoff = new Backoff();
  private long lastProgress;

  /** Keeps the first reason. */
  void abort(String reason) {
    aborted.compareAndSet(null, reason);
  }

  @Nullable String abortReason() {
    return aborted.get();
  }

  void checkAborted() {
    String reason = aborted.get();
    if (reason != null) {
      throw new CommunicatorAbortedException(reason);
    }
  }

  /** Something moved, or a wait begins. */
  void progress() {
    backoff.reset();
    lastProgress = System.nanoTime();
  }

  /** Nothing moved: lets a little time pass; false when that went on for longer than the limit. */
  boolean idle(Duration limit) {
    checkAborted();
    backoff.pause();
    return System.nanoTime() - lastProgress < limit.toNanos();
  }
}
