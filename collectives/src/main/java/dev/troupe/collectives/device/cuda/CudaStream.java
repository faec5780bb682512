package dev.troupe.collectives.device.cuda;

import dev.troupe.collectives.device.Event;
import dev.troupe.collectives.device.Stream;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** An ordered queue of a GPU's work. */
public final class CudaStream implements Stream {
  private static final int EVENTS = 64;

  private final CudaContext context;
  private final CUstream handle = new CUstream();
  private final Runnable release;
  private final CudaEvent[] events = new CudaEvent[EVENTS];
  private final CUdeviceptr target = new CUdeviceptr();
  private final CUdeviceptr source = new CUdeviceptr();
  private int recorded;
  private boolean closed;

  /** Makes a stream; a lower number goes first. */
  CudaStream(CudaContext context, int priority) {
    this.context = context;
    context.check(
        JCudaDriver.cuStreamCreateWithPriority(
            handle, CUstream_flags.CU_STREAM_NON_BLOCKING, priority),
        "cuStreamCreateWithPriority");
    this.release = context.onClose(this::destroy);
    for (int i = 0; i < EVENTS; i++) {
      events[i] = CudaEvent.untimed(context);
    }
  }

  CUstream driverStream() {
    use();
    return handle;
  }

  /** The driver's handle, a {@code CUstream}. */
  public long handle() {
    use();
    return Raw.handle(handle);
  }

  /** A new event, to be recorded again and again. */
  public CudaEvent newEvent() {
    use();
    return CudaEvent.timed(context);
  }

  /** Marks this point with an event of the stream's own; valid until 64 more were recorded. */
  @Override
  public CudaEvent record() {
    use();
    CudaEvent event = events[recorded++ & EVENTS - 1];
    event.record(this);
    return event;
  }

  @Override
  public void await(Event event) {
    use();
    if (!(event instanceof CudaEvent point)) {
      throw new IllegalArgumentException("an event of another kind of device: " + event);
    }
    context.check(
        JCudaDriver.cuStreamWaitEvent(handle, point.driverEvent(), 0), "cuStreamWaitEvent");
  }

  /** Sets every byte of a range to zero. */
  public void zero(long address, long bytes) {
    use();
    if (bytes > 0) {
      context.check(
          JCudaDriver.cuMemsetD8Async(Raw.set(target, address), (byte) 0, bytes, handle),
          "cuMemsetD8Async");
    }
  }

  /** Copies within the GPU. */
  public void copy(long to, long from, long bytes) {
    use();
    if (bytes > 0) {
      context.check(
          JCudaDriver.cuMemcpyDtoDAsync(Raw.set(target, to), Raw.set(source, from), bytes, handle),
          "cuMemcpyDtoDAsync");
    }
  }

  /** From page-locked memory; does not wait. */
  void copyIn(long to, Pointer from, long bytes) {
    use();
    context.check(
        JCudaDriver.cuMemcpyHtoDAsync(Raw.set(target, to), from, bytes, handle),
        "cuMemcpyHtoDAsync");
  }

  /** To page-locked memory; does not wait. */
  void copyOut(Pointer to, long from, long bytes) {
    use();
    context.check(
        JCudaDriver.cuMemcpyDtoHAsync(to, Raw.set(source, from), bytes, handle),
        "cuMemcpyDtoHAsync");
  }

  @Override
  public void synchronize() {
    use();
    context.check(JCudaDriver.cuStreamSynchronize(handle), "cuStreamSynchronize");
  }

  private void use() {
    context.use();
    if (closed) {
      throw new IllegalStateException("the stream is closed");
    }
  }

  /** Waits for the stream's work; again: no effect. */
  @Override
  public void close() {
    if (closed || context.closed()) {
      return;
    }
    use();
    for (CudaEvent event : events) {
      event.close();
    }
    context.released(release);
    destroy();
  }

  private void destroy() {
    closed = true;
    // A stream of a lost context never finishes.
    int waited = context.lost() ? 0 : JCudaDriver.cuStreamSynchronize(handle);
    int destroyed = JCudaDriver.cuStreamDestroy(handle);
    context.check(waited, "cuStreamSynchronize");
    context.check(destroyed, "cuStreamDestroy");
  }
}
