package dev.troupe.collectives.device;

/** A range of device memory with one owner, which closes it; all else are views. */
public interface DeviceBuffer extends AutoCloseable {
  /** Size in bytes. */
  long bytes();

  /** Address in the device's address space. */
  long address();

  @Override
  void close();
}
