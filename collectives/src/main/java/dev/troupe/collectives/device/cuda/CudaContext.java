package dev.troupe.collectives.device.cuda;

import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.driver.CUcontext;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * What all objects of one opened device share: the context, the thread that it belongs to, whether
 * it is lost or closed, and what there is to release. Used by its thread alone.
 */
final class CudaContext {
  private final CUcontext handle;
  private final Thread owner = Thread.currentThread();
  private final Deque<Runnable> releases = new ArrayDeque<>();
  private boolean closed;
  // Written by the owner, or by a thread whose query found the context lost.
  private volatile boolean lost;

  CudaContext(CUcontext handle) {
    this.handle = handle;
  }

  /** Refuses a call from another thread, or after the device was closed. */
  void use() {
    if (!Thread.currentThread().equals(owner)) {
      throw new IllegalStateException(
          "the GPU belongs to thread %s, not to %s"
              .formatted(owner.getName(), Thread.currentThread().getName()));
    }
    if (closed) {
      throw new IllegalStateException("the GPU's device is closed");
    }
  }

  boolean closed() {
    return closed;
  }

  boolean lost() {
    return lost;
  }

  /** Throws what the code stands for, unless the call succeeded. */
  void check(int code, String call) {
    if (code != CUresult.CUDA_SUCCESS) {
      fail(code, call);
    }
  }

  /** As {@link #check(int, String)}, without the text being put together for every call. */
  void check(int code, String call, String subject) {
    if (code != CUresult.CUDA_SUCCESS) {
      fail(code, call + " for " + subject);
    }
  }

  private void fail(int code, String call) {
    lost |= CudaErrors.losesContext(code);
    throw CudaErrors.of(code, call);
  }

  /** Makes the context current on a thread that is not its owner's, for queries. */
  int makeCurrent() {
    return JCudaDriver.cuCtxSetCurrent(handle);
  }

  /** Registers what closing the device is to release; the last one goes first. */
  Runnable onClose(Runnable release) {
    releases.push(release);
    return release;
  }

  /** What was registered has been released by itself. */
  void released(Runnable release) {
    releases.remove(release);
  }

  /**
   * Releases everything. The first failure is thrown after all was tried, unless the context was
   * lost before: then every call fails, and somebody has been told.
   */
  void close() {
    boolean known = lost;
    RuntimeException first = null;
    while (!releases.isEmpty()) {
      try {
        releases.pop().run();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    closed = true;
    if (first != null && !known) {
      throw first;
    }
  }
}
