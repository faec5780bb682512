package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.device.cuda.CudaFailedException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a rank's communicators of one epoch end: in peace, when the last one is closed, or by an
 * abort, which only the watchdog makes. Each of them is given back to NCCL exactly once.
 *
 * <p>An abort ends them all at once, and the next epoch makes new ones. {@code ncclCommShrink} and
 * {@code ncclCommGrow} would keep some of them, but the ranks that shrink must agree on who is
 * lost, exactly when communication among them has failed; here the coordinator decides that, and
 * says it with a new epoch, whose mesh may have other widths and another order as well. {@code
 * ncclCommRevoke} serves only to go on with Shrink.
 */
final class NcclEnding {
  private static final Logger LOG = LoggerFactory.getLogger(NcclEnding.class);

  private final NcclLane lane;
  private final NcclSettings settings;
  private final NcclEpoch epoch;
  private final NcclMesh mesh;
  private final Consumer<String> onHungAbort;
  private final CountDownLatch ended = new CountDownLatch(1);
  private long gateMissedSince;
  private boolean gateMissed;

  NcclEnding(
      NcclLane lane,
      NcclSettings settings,
      NcclEpoch epoch,
      NcclMesh mesh,
      Consumer<String> onHungAbort) {
    this.lane = lane;
    this.settings = settings;
    this.epoch = epoch;
    this.mesh = mesh;
    this.onHungAbort = onHungAbort;
  }

  /** The watchdog's look at this epoch; on its thread. */
  void watch(long now) {
    if (ended.getCount() == 0) {
      return;
    }
    if (epoch.abortReason() == null) {
      String problem =
          mesh.connectsLongerThan(epoch.timeoutNanos(), now)
              ? "connecting did not end within " + epoch.seconds() + ": not all ranks have come"
              : problem(now);
      if (problem != null) {
        epoch.abort(problem);
      }
    }
    String reason = epoch.abortReason();
    if (reason != null) {
      LOG.info("aborting NCCL communicators: {}", reason);
      mesh.abort(reason);
      end(reason, "nccl-abort", () -> NcclSetup.abort(mesh.handles()));
    }
  }

  private @Nullable String problem(long now) {
    if (!lane.gate().tryLock()) {
      gateMissedSince = gateMissed ? gateMissedSince : now;
      gateMissed = true;
      return now - gateMissedSince > epoch.timeoutNanos()
          ? "a call of NCCL did not return within " + epoch.seconds()
          : null;
    }
    gateMissed = false;
    try {
      for (NcclHandle handle : mesh.handles()) {
        int state = handle.isThere() ? lane.nccl().state(handle) : Nccl.SUCCESS;
        if (state != Nccl.SUCCESS && state != Nccl.IN_PROGRESS) {
          return NcclErrors.text(handle, state, "communicator " + handle.name());
        }
      }
      Operation oldest = lane.operations().oldest();
      return oldest != null && oldest.ageNanos(now) > epoch.timeoutNanos()
          ? oldest + " did not end within " + epoch.seconds() + ": not all ranks have come"
          : null;
    } catch (CudaFailedException e) {
      epoch.lose(e);
      return epoch.abortReason();
    } finally {
      lane.gate().unlock();
    }
  }

  /** After the last communicator was closed; on the rank's thread. */
  void finish() {
    if (epoch.abortReason() == null) {
      try {
        finishInPeace();
      } catch (RuntimeException e) {
        epoch.abort("closing failed: " + e.getMessage());
      }
    }
    try {
      // The watchdog sees to it, and says so where it takes too long.
      ended.await(2 * settings.abortLimit().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void finishInPeace() {
    epoch.awaitAll();
    List<NcclHandle> childrenFirst;
    epoch.enter();
    try {
      childrenFirst = mesh.handles().reversed().stream().filter(NcclHandle::isThere).toList();
    } finally {
      epoch.leave();
    }
    for (NcclHandle handle : childrenFirst) {
      int result;
      epoch.enter();
      try {
        result = NcclSetup.finish(handle);
      } finally {
        epoch.leave();
      }
      epoch.settle(handle, result, "completion of group " + handle.name());
    }
    end("the communicators are closed", "nccl-destroy", this::destroy);
  }

  private int destroy() {
    return NcclSetup.destroy(mesh.handles().reversed());
  }

  private interface Ending {
    int end();
  }

  private void end(String reason, String thread, Ending ending) {
    boolean inTime =
        Watchdog.returnsWithin(settings.abortLimit(), thread, () -> end(reason, ending));
    if (!inTime) {
      onHungAbort.accept(
          "NCCL did not let go of its communicators within %s s (%s); this process must be ended"
              .formatted(settings.abortLimit().toMillis() / 1e3, reason));
    }
    ended.countDown();
  }

  private void end(String reason, Ending ending) {
    lane.gate().lock();
    try {
      int result = ending.end();
      mesh.handles().clear();
      if (result != Nccl.SUCCESS) {
        LOG.warn("{} ({})", NcclErrors.text(null, result, "end of communicators"), reason);
      }
      Operation oldest = lane.operations().oldest();
      if (oldest != null) {
        // Not to be held against the next epoch at once.
        oldest.restartAge();
      }
    } catch (CudaFailedException e) {
      epoch.lose(e);
    } finally {
      lane.gate().unlock();
    }
  }
}
