package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.device.cpu.Backoff;
import dev.troupe.collectives.device.cuda.CudaFailedException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether an epoch of a rank is alive, and the way into NCCL while it is. Here, too, a rank's
 * thread waits: for NCCL's threads and for the GPU, but never longer than the epoch lives.
 */
final class NcclEpoch {
  private final NcclLane lane;
  private final long timeoutNanos;
  private final Runnable wake;
  private final AtomicReference<@Nullable String> abortReason = new AtomicReference<>();
  private volatile @Nullable CudaFailedException lostContext;

  /**
   * A living epoch.
   *
   * @param wake makes the watchdog look, after an abort
   */
  NcclEpoch(NcclLane lane, NcclSettings settings, Runnable wake) {
    this.lane = lane;
    this.timeoutNanos = settings.timeout().toNanos();
    this.wake = wake;
  }

  /** From any thread, never blocks. The first reason lasts. */
  void abort(String reason) {
    if (abortReason.compareAndSet(null, reason)) {
      wake.run();
    }
  }

  /** The GPU's context is lost; from any thread. */
  void lose(CudaFailedException failure) {
    if (failure.contextLost()) {
      lostContext = failure;
    }
    abort(String.valueOf(failure.getMessage()));
  }

  @Nullable String abortReason() {
    return abortReason.get();
  }

  /**
   * Returns while the epoch is alive.
   *
   * @throws CudaFailedException when the GPU's context is lost: the process must be replaced
   * @throws CommunicatorAbortedException when it was aborted
   */
  void check() {
    CudaFailedException lost = lostContext;
    if (lost != null) {
      throw lost;
    }
    String reason = abortReason.get();
    if (reason != null) {
      throw new CommunicatorAbortedException(reason);
    }
  }

  /** Before a call of NCCL; then {@link #leave}. */
  void enter() {
    check();
    lane.gate().lock();
    if (abortReason.get() != null) {
      lane.gate().unlock();
      check();
    }
  }

  void leave() {
    lane.gate().unlock();
  }

  /**
   * Waits until NCCL's own thread has done what a call has only begun.
   *
   * @param result what the call returned
   * @param what the call, for people
   */
  void settle(NcclHandle handle, int result, Object what) {
    if (result == Nccl.SUCCESS) {
      return;
    }
    long start = System.nanoTime();
    Backoff backoff = new Backoff();
    int state = result;
    while (state == Nccl.IN_PROGRESS) {
      if (System.nanoTime() - start > timeoutNanos) {
        abort(what + " did not begin within " + seconds() + ": not all ranks have come");
      }
      backoff.pause();
      enter();
      try {
        state = lane.nccl().state(handle);
      } finally {
        leave();
      }
    }
    if (state != Nccl.SUCCESS) {
      throw failed(handle, state, what);
    }
  }

  /** Ends the epoch because a call failed; what to throw. */
  private RuntimeException failed(NcclHandle handle, int result, Object what) {
    String message;
    enter();
    try {
      message = NcclErrors.text(handle, result, what);
    } finally {
      leave();
    }
    if (NcclErrors.isCuda(result)) {
      try {
        // Fails if the context is lost, for then every call does.
        lane.compute().record().isDone();
      } catch (CudaFailedException e) {
        lose(e);
        return e;
      }
    }
    abort(message);
    return NcclErrors.exception(result, message);
  }

  /** The host waits for a collective. */
  void awaitEnd(Operation operation) {
    Backoff backoff = new Backoff();
    while (!isDone(operation)) {
      check();
      backoff.pause();
    }
    // An abort, too, makes a collective end.
    check();
  }

  /** The host waits for the first of so many collectives to end, that another one may begin. */
  void awaitRoom() {
    Backoff backoff = new Backoff();
    while (true) {
      enter();
      try {
        if (lane.operations().hasRoom()) {
          return;
        }
      } finally {
        leave();
      }
      backoff.pause();
    }
  }

  /** The host waits for all collectives that were started. */
  void awaitAll() {
    Backoff backoff = new Backoff();
    while (true) {
      enter();
      try {
        if (lane.operations().oldest() == null) {
          return;
        }
      } finally {
        leave();
      }
      backoff.pause();
    }
  }

  private boolean isDone(Operation operation) {
    try {
      return operation.isDone();
    } catch (CudaFailedException e) {
      lose(e);
      throw e;
    }
  }

  String seconds() {
    return timeoutNanos / 1e9 + " s";
  }

  long timeoutNanos() {
    return timeoutNanos;
  }
}
