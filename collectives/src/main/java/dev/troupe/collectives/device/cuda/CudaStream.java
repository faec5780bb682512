package dev.troupe.collectives.device.cuda;

import dev.troupe.collectives.device.Event;
import dev.troupe.collectives.device.Stream;

/** An ordered queue of a GPU's work. */
public final class CudaStream implements Stream {
  private CudaStream() {}

  /** The driver's handle, a {@code CUstream}. */
  public long handle() {
    throw new UnsupportedOperationException();
  }

  /** A new event, to be recorded again and again. */
  public CudaEvent newEvent() {
    throw new UnsupportedOperationException();
  }

  /** Marks this point with an event of the stream's own; valid until 64 more were recorded. */
  @Override
  public CudaEvent record() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void await(Event event) {
    throw new UnsupportedOperationException();
  }

  /** Sets every byte of a range to zero. */
  public void zero(long address, long bytes) {
    throw new UnsupportedOperationException();
  }

  /** Copies within the GPU. */
  public void copy(long to, long from, long bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void synchronize() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
