package dev.troupe.collectives.device.cpu;

/**
 * Where the buffers of a {@link CpuDevice} lie. The device asks the machine's ledger before it asks
 * here. Thread-safe: devices of one process may share it.
 */
@FunctionalInterface
public interface CpuMemory {
  /** Memory of the C library, which no other process sees. */
  CpuMemory PRIVATE = new PrivateMemory();

  /**
   * Zeroed memory aligned to 64 bytes, every page of it present, that is freed when the buffer is
   * closed.
   *
   * @param owner device that asks, for the message
   * @param bytes size, 0 or more
   * @throws dev.troupe.proto.error.TroupeException with category RESOURCE when there is not enough
   */
  CpuBuffer allocate(String owner, long bytes);
}
