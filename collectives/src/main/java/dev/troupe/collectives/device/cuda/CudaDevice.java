package dev.troupe.collectives.device.cuda;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Device;
import java.lang.foreign.MemorySegment;

/**
 * One GPU as one rank uses it: its primary context, one arena of memory, a compute stream.
 *
 * <p>The arena is reserved whole when the device is opened (virtual memory management), and {@link
 * #allocate} only cuts pieces off it, so that a rank that starts has all the memory it will ever
 * use.
 *
 * <p>Threading: the context belongs to the thread that opens the device; all calls come from it.
 */
public final class CudaDevice implements Device {
  private CudaDevice() {}

  /**
   * Makes the GPU's primary context current on this thread and reserves the arena.
   *
   * @param index number of the GPU
   * @param arenaBytes what will be allocated in all
   * @throws dev.troupe.proto.error.TroupeException with category RESOURCE when the GPU has less
   *     free memory, with both figures
   */
  public static CudaDevice open(CudaDriver driver, int index, long arenaBytes) {
    throw new UnsupportedOperationException();
  }

  /** What the GPU is. */
  public GpuInfo info() {
    throw new UnsupportedOperationException();
  }

  /** The stream that kernels, copies and matrix products of this rank run on. */
  public CudaStream compute() {
    throw new UnsupportedOperationException();
  }

  /** A module of kernels from a fatbin, cubin or PTX image; closed with the device. */
  public CudaModule load(byte[] image) {
    throw new UnsupportedOperationException();
  }

  @Override
  public String name() {
    throw new UnsupportedOperationException();
  }

  /** Memory from the arena, aligned to 512 bytes, zeroed; given back only with the device. */
  @Override
  public CudaBuffer allocate(long bytes) {
    throw new UnsupportedOperationException();
  }

  /** A stream of normal priority. */
  @Override
  public CudaStream newStream() {
    throw new UnsupportedOperationException();
  }

  /** A stream whose work goes before that of other streams, for communication. */
  public CudaStream newUrgentStream() {
    throw new UnsupportedOperationException();
  }

  /** Bytes of the arena that are not allocated. */
  @Override
  public long freeBytes() {
    throw new UnsupportedOperationException();
  }

  /** Waits for the compute stream. */
  @Override
  public void read(BufferView from, MemorySegment host) {
    throw new UnsupportedOperationException();
  }

  /** Through page-locked staging on the compute stream: does not wait for the GPU. */
  @Override
  public void write(MemorySegment host, BufferView to) {
    throw new UnsupportedOperationException();
  }

  /** Waits for all streams and releases everything. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
