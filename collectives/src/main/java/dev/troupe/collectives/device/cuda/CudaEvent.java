package dev.troupe.collectives.device.cuda;

import dev.troupe.collectives.device.Event;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** A point of a stream, recorded on the GPU. Queries are allowed from any thread. */
public final class CudaEvent implements Event, AutoCloseable {
  private final CudaContext context;
  private final CUevent handle = new CUevent();
  private final Runnable release;
  private volatile boolean closed;

  private CudaEvent(CudaContext context, int flags) {
    this.context = context;
    context.check(JCudaDriver.cuEventCreate(handle, flags), "cuEventCreate");
    this.release = context.onClose(this::destroy);
  }

  /** An event that can tell the time between two of its kind. */
  static CudaEvent timed(CudaContext context) {
    return new CudaEvent(context, CUevent_flags.CU_EVENT_DEFAULT);
  }

  /** An event that only orders; cheaper. */
  static CudaEvent untimed(CudaContext context) {
    return new CudaEvent(context, CUevent_flags.CU_EVENT_DISABLE_TIMING);
  }

  CUevent driverEvent() {
    return handle;
  }

  /** The driver's handle, a {@code CUevent}. */
  public long handle() {
    return Raw.handle(handle);
  }

  /** Marks the point that {@code stream} has been given work up to. */
  public void record(CudaStream stream) {
    use();
    context.check(JCudaDriver.cuEventRecord(handle, stream.driverStream()), "cuEventRecord");
  }

  @Override
  public boolean isDone() {
    if (closed) {
      throw new IllegalStateException("the event is closed");
    }
    int code = JCudaDriver.cuEventQuery(handle);
    if (code == CUresult.CUDA_ERROR_INVALID_CONTEXT) { // a thread that has none yet
      context.check(context.makeCurrent(), "cuCtxSetCurrent");
      code = JCudaDriver.cuEventQuery(handle);
    }
    if (code == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    context.check(code, "cuEventQuery");
    return true;
  }

  @Override
  public void synchronize() {
    use();
    context.check(JCudaDriver.cuEventSynchronize(handle), "cuEventSynchronize");
  }

  /** Milliseconds from {@code earlier} to this event; both must have come. */
  public float millisecondsSince(CudaEvent earlier) {
    use();
    float[] milliseconds = new float[1];
    context.check(
        JCudaDriver.cuEventElapsedTime(milliseconds, earlier.handle, handle), "cuEventElapsedTime");
    return milliseconds[0];
  }

  private void use() {
    context.use();
    if (closed) {
      throw new IllegalStateException("the event is closed");
    }
  }

  /** Again: no effect. */
  @Override
  public void close() {
    if (!closed && !context.closed()) {
      context.use();
      context.released(release);
      destroy();
    }
  }

  private void destroy() {
    closed = true;
    context.check(JCudaDriver.cuEventDestroy(handle), "cuEventDestroy");
  }
}
