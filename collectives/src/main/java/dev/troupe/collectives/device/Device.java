package dev.troupe.collectives.device;

import java.lang.foreign.MemorySegment;

/**
 * A place where tensors live and kernels run. Owned by one rank; the owner closes it after all of
 * its buffers. Allocation is for start-up: nothing is allocated during a step.
 */
public interface Device extends AutoCloseable {
  /** Name for people, for example {@code cpu:0 (2 threads)}. */
  String name();

  /**
   * Allocates zeroed memory aligned to 64 bytes at least.
   *
   * @throws dev.troupe.proto.error.TroupeException with category RESOURCE when there is not enough
   */
  DeviceBuffer allocate(long bytes);

  /** A new stream: work given to one stream runs in order. */
  Stream newStream();

  /** Bytes that could still be allocated now. */
  long freeBytes();

  /** Copies device memory to the host, after all work given before; {@code host} has its size. */
  void read(BufferView from, MemorySegment host);

  /** Copies host memory to the device; returns when {@code host} may be changed again. */
  void write(MemorySegment host, BufferView to);

  @Override
  void close();
}
