package dev.troupe.collectives.device.cpu;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.Stream;
import java.lang.foreign.MemorySegment;

/**
 * A share of the host: off-heap memory and a fixed number of threads. Its streams are synchronous:
 * work is done when the call that gave it returns.
 *
 * <p>{@code -Xmx} does not limit its memory; every page is touched at allocation, so a process
 * never dies later for memory that was granted.
 */
public final class CpuDevice implements Device {
  private final String name;
  private final Lanes lanes;
  private final CpuMemory memory;
  private final HostMemory ledger = HostMemory.ofThisMachine();

  /**
   * Creates the device, with {@link CpuMemory#PRIVATE private} memory, and its threads.
   *
   * @param name short name such as {@code cpu:0}
   * @param threads threads its kernels run on, the caller's included
   */
  public CpuDevice(String name, int threads) {
    this(name, threads, CpuMemory.PRIVATE);
  }

  /**
   * Creates the device and its threads.
   *
   * @param name short name such as {@code cpu:0}
   * @param threads threads its kernels run on, the caller's included
   * @param memory where its buffers lie
   */
  public CpuDevice(String name, int threads, CpuMemory memory) {
    this.lanes = new Lanes(threads);
    this.name = name + " (" + threads + (threads == 1 ? " thread)" : " threads)");
    this.memory = memory;
  }

  @Override
  public String name() {
    return name;
  }

  /** The threads that kernels of this device run on. */
  public Lanes lanes() {
    return lanes;
  }

  @Override
  public CpuBuffer allocate(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes must not be negative: " + bytes);
    }
    ledger.reserve(name, bytes);
    try {
      return memory.allocate(name, bytes);
    } finally {
      ledger.settle(bytes);
    }
  }

  @Override
  public Stream newStream() {
    return new CpuStream();
  }

  @Override
  public long freeBytes() {
    return ledger.freeBytes();
  }

  @Override
  public void read(BufferView from, MemorySegment host) {
    MemorySegment.copy(CpuBuffer.segmentOf(from), 0, host, 0, from.bytes());
  }

  @Override
  public void write(MemorySegment host, BufferView to) {
    MemorySegment.copy(host, 0, CpuBuffer.segmentOf(to), 0, to.bytes());
  }

  /** Ends the device's threads. Buffers are closed by their owners. */
  @Override
  public void close() {
    lanes.close();
  }
}
