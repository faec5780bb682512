package dev.troupe.collectives.device.cuda;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.troupe.proto.error.TroupeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** One range of a GPU's memory, reserved and backed whole; pieces are cut off its front. */
final class DeviceArena {
  private static final long ALIGNMENT = 512;

  private final String gpu;
  private final long address;
  private final long bytes;
  private final CudaContext context;
  private final long freeBefore;
  private long used;

  private DeviceArena(String gpu, long address, long bytes, CudaContext context, long freeBefore) {
    this.gpu = gpu;
    this.address = address;
    this.bytes = bytes;
    this.context = context;
    this.freeBefore = freeBefore;
  }

  /**
   * Reserves and backs {@code wanted} bytes; closing the context gives them back.
   *
   * @throws TroupeException with category RESOURCE when the GPU has less free memory
   */
  static DeviceArena reserve(CudaContext context, CudaDriver driver, GpuInfo gpu, long wanted) {
    String name = gpu.text();
    long free = free(context);
    if (wanted > free) {
      throw CudaErrors.outOfMemory(name, wanted, free);
    }
    VirtualMemory memory = driver.virtualMemory();
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment out = scratch.allocate(JAVA_LONG);
      MemorySegment properties =
          VirtualMemory.properties(
              scratch,
              gpu.index(),
              has(context, driver, gpu, POSIX_FILE_HANDLES),
              has(context, driver, gpu, RDMA));
      context.check(memory.granularity(out, properties), "cuMemGetAllocationGranularity");
      long granule = out.get(JAVA_LONG, 0);
      long bytes = Math.max(1, Math.ceilDiv(wanted, granule)) * granule;
      context.check(memory.reserve(out, bytes, 0), "cuMemAddressReserve");
      long address = out.get(JAVA_LONG, 0);
      context.onClose(() -> context.check(memory.free(address, bytes), "cuMemAddressFree"));
      int created = memory.create(out, bytes, properties);
      if (created == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
        // Free memory in pieces too small, or taken by another process meanwhile.
        throw CudaErrors.outOfMemory(name, bytes, free(context));
      }
      context.check(created, "cuMemCreate");
      long handle = out.get(JAVA_LONG, 0);
      context.onClose(() -> context.check(memory.release(handle), "cuMemRelease"));
      context.check(memory.map(address, bytes, handle), "cuMemMap");
      context.onClose(() -> context.check(memory.unmap(address, bytes), "cuMemUnmap"));
      context.check(memory.allowAccess(address, bytes, gpu.index()), "cuMemSetAccess");
      return new DeviceArena(name, address, bytes, context, free);
    }
  }

  private static final int POSIX_FILE_HANDLES =
      CUdevice_attribute.CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED;
  private static final int RDMA =
      CUdevice_attribute.CU_DEVICE_ATTRIBUTE_GPU_DIRECT_RDMA_WITH_CUDA_VMM_SUPPORTED;

  private static boolean has(CudaContext context, CudaDriver driver, GpuInfo gpu, int attribute) {
    int[] value = new int[1];
    CUdevice device = driver.device(gpu.index());
    context.check(
        JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
    return value[0] != 0;
  }

  private static long free(CudaContext context) {
    long[] free = new long[1];
    context.check(JCudaDriver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
    return free[0];
  }

  /** The next piece. */
  CudaBuffer allocate(long size) {
    if (size < 0) {
      throw new IllegalArgumentException("bytes must not be negative: " + size);
    }
    if (size > free()) {
      throw TroupeException.resource(
          "%s: %d bytes were planned and %d of them are left, but %d are asked for"
              .formatted(gpu, bytes, free(), size));
    }
    CudaBuffer piece = new CudaBuffer(address + used, size);
    used = Math.min(bytes, Math.ceilDiv(used + size, ALIGNMENT) * ALIGNMENT);
    return piece;
  }

  long free() {
    return bytes - used;
  }

  /** How much less of the GPU's memory is free than before the arena was reserved. */
  long takenSince() {
    return freeBefore - free(context);
  }
}
