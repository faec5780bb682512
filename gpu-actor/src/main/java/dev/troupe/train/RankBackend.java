package dev.troupe.train;

import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.Device;
import dev.troupe.kernels.Kernels;
import dev.troupe.trace.Tracer;
import java.util.function.LongSupplier;

/**
 * What one rank computes with; closed by the rank's parts, which own it.
 *
 * @param plan what will be allocated on the device
 * @param taken tells the bytes of the device that the rank has taken, where the device knows
 * @param connections what the communicators are made from, closed before the device
 */
record RankBackend(
    Device device,
    Kernels kernels,
    Communicators communicators,
    Tracer tracer,
    MemoryPlan plan,
    LongSupplier taken,
    AutoCloseable connections)
    implements AutoCloseable {

  /** Nothing that would have to be closed. */
  static final AutoCloseable NO_CONNECTIONS = () -> {};

  @Override
  public void close() throws Exception {
    try (device;
        kernels;
        connections;
        tracer) {
      // Closed in the reverse order, all of them whatever happens.
    }
  }
}
