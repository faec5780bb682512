package dev.troupe.collectives.device.cuda;

/**
 * A kernel and the block of memory that its parameters are passed in. A launch writes the
 * parameters in order and allocates nothing:
 *
 * {@snippet :
 * kernel.pointer(y).pointer(x).i32(rows).f32(eps).launch(stream, grid, 1, 256, 0);
 * }
 */
public final class CudaKernel {
  private CudaKernel() {}

  /** The next parameter: an address in the GPU's memory. */
  public CudaKernel pointer(long address) {
    throw new UnsupportedOperationException();
  }

  /** The next parameter, {@code int}. */
  public CudaKernel i32(int value) {
    throw new UnsupportedOperationException();
  }

  /** The next parameter, {@code long long}. */
  public CudaKernel i64(long value) {
    throw new UnsupportedOperationException();
  }

  /** The next parameter, {@code float}. */
  public CudaKernel f32(float value) {
    throw new UnsupportedOperationException();
  }

  /** The next parameter, {@code double}. */
  public CudaKernel f64(double value) {
    throw new UnsupportedOperationException();
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
    throw new UnsupportedOperationException();
  }
}
