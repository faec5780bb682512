package dev.troupe.collectives.device.cuda;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;

/**
 * A kernel and the block of memory that its parameters are passed in. A launch writes the
 * parameters in order and allocates nothing:
 *
 * {@snippet :
 * kernel.pointer(y).pointer(x).i32(rows).f32(eps).launch(stream, grid, 1, 256, 0);
 * }
 */
public final class CudaKernel {
  /** The most parameters a kernel may have. */
  public static final int PARAMETERS = 32;

  // What a kernel may use without asking.
  private static final int SHARED_BYTES = 48 << 10;

  private final CudaContext context;
  private final String name;
  private final CUfunction function;
  // First an address for each parameter, then the parameters, eight bytes each. The driver copies
  // them before a launch returns.
  private final ByteBuffer block =
      ByteBuffer.allocateDirect(2 * Long.BYTES * PARAMETERS).order(ByteOrder.nativeOrder());
  private final Pointer parameters = Pointer.to(block);
  private int count;
  private int sharedBytes = SHARED_BYTES;

  CudaKernel(CudaContext context, String name, CUfunction function) {
    this.context = context;
    this.name = name;
    this.function = function;
    long address = MemorySegment.ofBuffer(block).address();
    for (int i = 0; i < PARAMETERS; i++) {
      block.putLong(Long.BYTES * i, address + at(i));
    }
  }

  private static int at(int parameter) {
    return Long.BYTES * (PARAMETERS + parameter);
  }

  private int next() {
    if (count == PARAMETERS) {
      count = 0;
      throw new IllegalStateException(name + ": more than " + PARAMETERS + " parameters");
    }
    return at(count++);
  }

  /** The next parameter: an address in the GPU's memory. */
  public CudaKernel pointer(long address) {
    return i64(address);
  }

  /** The next parameter, {@code int}. */
  public CudaKernel i32(int value) {
    block.putInt(next(), value);
    return this;
  }

  /** The next parameter, {@code long long}. */
  public CudaKernel i64(long value) {
    block.putLong(next(), value);
    return this;
  }

  /** The next parameter, {@code float}. */
  public CudaKernel f32(float value) {
    block.putFloat(next(), value);
    return this;
  }

  /** The next parameter, {@code double}. */
  public CudaKernel f64(double value) {
    block.putDouble(next(), value);
    return this;
  }

  /**
   * Gives the kernel to a stream and starts a new list of parameters.
   *
   * @param gridX blocks along x
   * @param gridY blocks along y
   * @param threads threads a block, along x
   * @param sharedBytes dynamic shared memory a block; more than 48 KiB is asked for as needed
   */
  public void launch(CudaStream stream, int gridX, int gridY, int threads, int sharedBytes) {
    count = 0;
    context.use();
    if (sharedBytes > this.sharedBytes) {
      allowShared(sharedBytes);
    }
    context.check(
        JCudaDriver.cuLaunchKernel(
            function,
            gridX,
            gridY,
            1,
            threads,
            1,
            1,
            sharedBytes,
            stream.driverStream(),
            parameters,
            null),
        "cuLaunchKernel",
        name);
  }

  private void allowShared(int bytes) {
    context.check(
        JCudaDriver.cuFuncSetAttribute(
            function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
        "cuFuncSetAttribute",
        name);
    sharedBytes = bytes;
  }
}
