package dev.troupe.collectives.device.cuda;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Device;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/**
 * One GPU as one rank uses it: its primary context, one arena of memory, a compute stream.
 *
 * <p>The arena is reserved whole when the device is opened (virtual memory management), and {@link
 * #allocate} only cuts pieces off it, so that a rank that starts has all the memory it will ever
 * use.
 *
 * <p>Threading: the context belongs to the thread that opens the device; all calls come from it,
 * and a call from another one is an {@link IllegalStateException}, as is a call after {@link
 * #close}.
 */
public final class CudaDevice implements Device {
  private final CudaContext context;
  private final GpuInfo info;
  private final DeviceArena arena;
  private final Staging staging;
  private final int normalPriority;
  private final int urgentPriority;
  private final CudaStream compute;

  private CudaDevice(CudaContext context, CudaDriver driver, GpuInfo info, long arenaBytes) {
    this.context = context;
    this.info = info;
    int[] lowest = new int[1];
    int[] highest = new int[1];
    context.check(
        JCudaDriver.cuCtxGetStreamPriorityRange(lowest, highest), "cuCtxGetStreamPriorityRange");
    this.normalPriority = lowest[0];
    this.urgentPriority = highest[0];
    // Before the arena: page-locked memory and streams take some of the GPU's memory.
    this.staging = new Staging(context);
    this.arena = DeviceArena.reserve(context, driver, info, arenaBytes);
    this.compute = new CudaStream(context, normalPriority);
  }

  /**
   * Makes the GPU's primary context current on this thread and reserves the arena.
   *
   * @param index number of the GPU
   * @param arenaBytes what will be allocated in all
   * @throws dev.troupe.proto.error.TroupeException with category RESOURCE when the GPU has less
   *     free memory, with both figures; or when there is no GPU of this number
   * @throws CudaFailedException when a call of the driver fails
   */
  public static CudaDevice open(CudaDriver driver, int index, long arenaBytes) {
    GpuInfo info = driver.gpu(index);
    CUdevice device = driver.device(index);
    CUcontext handle = new CUcontext();
    CudaContext context = new CudaContext(handle);
    // The primary one, not one of our own: libraries that use CUDA's runtime share it.
    context.check(JCudaDriver.cuDevicePrimaryCtxRetain(handle, device), "cuDevicePrimaryCtxRetain");
    context.onClose(
        () ->
            context.check(
                JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease"));
    try {
      context.check(JCudaDriver.cuCtxSetCurrent(handle), "cuCtxSetCurrent");
      return new CudaDevice(context, driver, info, arenaBytes);
    } catch (RuntimeException e) {
      try {
        context.close();
      } catch (RuntimeException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /** What the GPU is. */
  public GpuInfo info() {
    return info;
  }

  /** The stream that kernels, copies and matrix products of this rank run on. */
  public CudaStream compute() {
    return compute;
  }

  /** A module of kernels from a fatbin, cubin or PTX image; closed with the device. */
  public CudaModule load(byte[] image) {
    context.use();
    return new CudaModule(context, image);
  }

  @Override
  public String name() {
    return info.text();
  }

  /** Memory from the arena, aligned to 512 bytes, zeroed; given back only with the device. */
  @Override
  public CudaBuffer allocate(long bytes) {
    context.use();
    CudaBuffer buffer = arena.allocate(bytes);
    compute.zero(buffer.address(), bytes);
    // Other streams may use it at once.
    compute.synchronize();
    return buffer;
  }

  /** A stream of normal priority. */
  @Override
  public CudaStream newStream() {
    context.use();
    return new CudaStream(context, normalPriority);
  }

  /** A stream whose work goes before that of other streams, for communication. */
  public CudaStream newUrgentStream() {
    context.use();
    return new CudaStream(context, urgentPriority);
  }

  /**
   * Bytes of the GPU that were taken since the device was opened, as the driver counts them: the
   * arena, kernels, and what libraries took for themselves; and what other processes took
   * meanwhile, where there are some.
   */
  public long takenBytes() {
    context.use();
    return arena.takenSince();
  }

  /** Bytes of the arena that are not allocated. */
  @Override
  public long freeBytes() {
    context.use();
    return arena.free();
  }

  /** Waits for the compute stream. */
  @Override
  public void read(BufferView from, MemorySegment host) {
    context.use();
    staging.read(compute, address(from), sized(host, from));
  }

  /**
   * Through page-locked staging on the compute stream: waits for the GPU only when 32 MiB, or 256
   * writes, are under way.
   */
  @Override
  public void write(MemorySegment host, BufferView to) {
    context.use();
    staging.write(compute, sized(host, to), address(to));
  }

  private static long address(BufferView view) {
    return view.buffer().address() + view.offset();
  }

  private static MemorySegment sized(MemorySegment host, BufferView view) {
    return host.asSlice(0, view.bytes());
  }

  /**
   * Waits for all streams and releases everything; again: no effect. After the context was lost it
   * waits for nothing and throws nothing.
   */
  @Override
  public void close() {
    if (!context.closed()) {
      context.use();
      context.close();
    }
  }
}
