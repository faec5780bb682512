package dev.troupe.kernels.cuda;

/** Temporary memory that calls of kernels take, from their sizes alone. */
public final class CudaTemporaries {
  /** Blocks that the rows of a norm's backward pass are shared out to: two for each H200 SM. */
  private static final int NORM_BLOCKS = 264;

  private CudaTemporaries() {}

  /** Partial sums of a gain's gradient. */
  static int normParts(int rows) {
    return Math.min(rows, NORM_BLOCKS);
  }

  /** Bytes of {@link dev.troupe.kernels.Kernels#rmsNormBackward}. */
  public static long rmsNormBackward(int rows, int cols) {
    return (long) normParts(rows) * cols * Float.BYTES;
  }

  /** Bytes of {@link dev.troupe.kernels.Kernels#embeddingBackward}. */
  public static long embeddingBackward(int rows) {
    return IdSort.bytes(rows);
  }

  /** Bytes of {@link dev.troupe.kernels.Kernels#adamw} of so many ranges. */
  public static long adamw(int ranges) {
    return AdamTable.bytes(ranges);
  }
}
