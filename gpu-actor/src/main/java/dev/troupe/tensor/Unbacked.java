package dev.troupe.tensor;

import dev.troupe.collectives.device.DeviceBuffer;

/**
 * Address space without memory: lets tensors be laid out and counted before anything is allocated.
 */
public final class Unbacked implements DeviceBuffer {
  @Override
  public long bytes() {
    return Long.MAX_VALUE / 2;
  }

  @Override
  public long address() {
    return 0;
  }

  @Override
  public void close() {}
}
