package dev.troupe.collectives.device.cuda;

import dev.troupe.collectives.device.DeviceBuffer;

/**
 * A piece of a GPU's arena.
 *
 * @param address in the GPU's address space
 * @param bytes size
 */
public record CudaBuffer(long address, long bytes) implements DeviceBuffer {
  /** Does nothing: the arena goes back whole, with the device. */
  @Override
  public void close() {}
}
