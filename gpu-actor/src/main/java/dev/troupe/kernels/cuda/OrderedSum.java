package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.cuda.CudaKernel;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;

/**
 * Sums of float32 parts in their order, which is what makes an exact reduction exact. Used from the
 * rank's own thread.
 */
public final class OrderedSum {
  private static final int WIDTH = 4;

  private final CudaKernel kernel;

  /** The kernel of a loaded module. */
  public OrderedSum(CudaModule module) {
    this.kernel = module.kernel("ordered_sum");
  }

  /**
   * out = ((out + p0) + p1) + ..., or out = (p0 + p1) + ... Out may be a part, at the same element.
   *
   * @param out address of the sum
   * @param onto whether {@code out} is added to
   * @param parts address of the first part
   * @param partStride elements from the start of one part to that of the next
   * @param n number of parts; at least one unless {@code onto}
   * @param elements elements of each part and of the sum
   */
  public void run(
      CudaStream stream,
      long out,
      boolean onto,
      long parts,
      long partStride,
      int n,
      long elements) {
    if (n < 0 || n == 0 && !onto || n > 1 && partStride < elements) {
      throw new IllegalArgumentException(
          "ordered sum of %d parts of %d elements, %d apart".formatted(n, elements, partStride));
    }
    if (elements == 0) {
      return;
    }
    boolean vector = (out | parts | partStride * Float.BYTES) % Operands.VECTOR_BYTES == 0;
    Extent extent = new Extent(1, elements, WIDTH, vector);
    kernel
        .pointer(out)
        .pointer(parts)
        .i64(partStride)
        .i32(n)
        .i64(elements)
        .i32(onto ? 1 : 0)
        .i32(extent.vectorFlag());
    extent.launch(kernel, stream);
  }
}
