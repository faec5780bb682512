package dev.troupe.collectives.device.cuda;

import dev.troupe.collectives.device.Event;

/** A point of a stream, recorded on the GPU. Queries are allowed from any thread. */
public final class CudaEvent implements Event, AutoCloseable {
  private CudaEvent() {}

  /** Marks the point that {@code stream} has been given work up to. */
  public void record(CudaStream stream) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isDone() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void synchronize() {
    throw new UnsupportedOperationException();
  }

  /** Milliseconds from {@code earlier} to this event; both must have come. */
  public float millisecondsSince(CudaEvent earlier) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
