package dev.troupe.tensor;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;

/**
 * Two bump arenas of one rank: activations live from forward to the end of the microbatch, scratch
 * lives from {@link #mark} to {@link #release}. Nothing is allocated from the device after
 * start-up.
 *
 * <p>A measuring workspace hands out tensors over memory that does not exist and records how much
 * was needed: running a step on it with kernels that do nothing gives the exact sizes.
 *
 * <p>Not thread-safe; used by the rank's own thread.
 */
public final class Workspace {
  private static final long ALIGNMENT = 64;

  private final Bump activations;
  private final Bump scratch;

  /** A workspace over two buffers, whose owner is the caller. */
  public Workspace(DeviceBuffer activations, DeviceBuffer scratch) {
    this.activations = new Bump("activations", activations);
    this.scratch = new Bump("scratch", scratch);
  }

  /** A workspace that only counts. */
  public static Workspace measuring() {
    return new Workspace(new Unbacked(), new Unbacked());
  }

  /** Memory that lives until {@link #reset}; contents undefined. */
  public Tensor activation(DataType type, int rows, int cols) {
    return activations.take(type, rows, cols);
  }

  /** Memory that lives until the enclosing mark is released; contents undefined. */
  public Tensor scratch(DataType type, int rows, int cols) {
    return scratch.take(type, rows, cols);
  }

  /** Position to which {@link #release} later returns. */
  public long mark() {
    return scratch.used;
  }

  /** Gives back all scratch taken since {@code mark}. */
  public void release(long mark) {
    scratch.rewind(mark);
  }

  /** Position to which {@link #releaseActivations} later returns. */
  public long markActivations() {
    return activations.used;
  }

  /** Gives back all activations taken since {@code mark}. */
  public void releaseActivations(long mark) {
    activations.rewind(mark);
  }

  /** Ends the microbatch: everything is given back. */
  public void reset() {
    activations.rewind(0);
    scratch.rewind(0);
  }

  /** Most activation bytes that were in use at once. */
  public long peakActivations() {
    return activations.peak;
  }

  /** Most scratch bytes that were in use at once. */
  public long peakScratch() {
    return scratch.peak;
  }

  private static final class Bump {
    private final String name;
    private final DeviceBuffer buffer;
    private long used;
    private long peak;

    Bump(String name, DeviceBuffer buffer) {
      this.name = name;
      this.buffer = buffer;
    }

    Tensor take(DataType type, int rows, int cols) {
      long bytes = (long) rows * cols * type.bytes();
      long end = used + (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
      if (end > buffer.bytes()) {
        throw new IllegalStateException(
            "workspace %s: %d bytes asked at %d of %d; the plan missed it"
                .formatted(name, bytes, used, buffer.bytes()));
      }
      Tensor tensor = new Tensor(buffer, used, type, rows, cols, cols);
      used = end;
      peak = Math.max(peak, used);
      return tensor;
    }

    void rewind(long mark) {
      if (mark > used) {
        throw new IllegalStateException("workspace " + name + ": released twice");
      }
      used = mark;
    }
  }
}
