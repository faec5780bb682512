package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.device.cuda.CudaStream;
import org.jspecify.annotations.Nullable;

/**
 * The collectives of a rank that may be under way: a ring, filled by the rank's thread and watched
 * by its watchdog. Guarded by the rank's {@link Gate}, but for {@link #current}.
 */
final class Operations implements AutoCloseable {
  /** More than a step has in flight; the host would run ahead of the GPU no further. */
  private static final int CAPACITY = 64;

  private final Operation[] ring = new Operation[CAPACITY];
  private long launched;
  private long ended;

  Operations(CudaStream compute, CudaStream stream) {
    for (int i = 0; i < CAPACITY; i++) {
      ring[i] = new Operation(compute, stream);
    }
  }

  /** The place for the next collective, which {@link #hasRoom} has found free. */
  Operation current() {
    return ring[(int) (launched % CAPACITY)];
  }

  /** Whether the next collective has a place. */
  boolean hasRoom() {
    if (launched - ended == CAPACITY) {
      oldest();
    }
    return launched - ended < CAPACITY;
  }

  /** Counts the current one as under way. */
  void launched() {
    current().launched();
    launched++;
  }

  /** The first that has not ended; null when all have. */
  @Nullable Operation oldest() {
    while (ended < launched) {
      Operation operation = ring[(int) (ended % CAPACITY)];
      if (!operation.isDone()) {
        return operation;
      }
      ended++;
    }
    return null;
  }

  @Override
  public void close() {
    for (Operation operation : ring) {
      operation.close();
    }
  }
}
