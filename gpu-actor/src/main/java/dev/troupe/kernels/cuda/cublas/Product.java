package dev.troupe.kernels.cuda.cublas;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Layout;

/**
 * What the choice of an algorithm depends on: row-major D[m, n] = op(A) op(B) + beta * C.
 *
 * @param k the contracted size
 * @param lda elements from one row of A to the next
 * @param ldb the same of B
 * @param ldc the same of C
 * @param ldd the same of D
 * @param input type of A and B
 * @param output type of C and D
 * @param accumulate whether beta is 1; else 0
 * @param alignment lowest power of two, 256 at most, that divides the addresses of A, B, C and D
 */
public record Product(
    Layout layout,
    int m,
    int n,
    int k,
    int lda,
    int ldb,
    int ldc,
    int ldd,
    DataType input,
    DataType output,
    boolean accumulate,
    int alignment) {
  private static final long WIDEST = 256;

  /** Checks sizes and types. */
  public Product {
    if (m < 1 || n < 1 || k < 1) {
      throw new IllegalArgumentException("matmul %s of %d x %d x %d".formatted(layout, m, n, k));
    }
    boolean known =
        switch (input) {
          case FLOAT32 -> output == DataType.FLOAT32;
          case BFLOAT16 -> output == DataType.FLOAT32 || output == DataType.BFLOAT16;
          case FLOAT64, INT32, INT8 -> false;
        };
    if (!known) {
      throw new IllegalArgumentException(
          "matmul of %s into %s: FLOAT32 into FLOAT32, BFLOAT16 into BFLOAT16 or FLOAT32 only"
              .formatted(input, output));
    }
  }

  /** What {@link #alignment} is for four addresses. */
  public static int alignment(long a, long b, long c, long d) {
    return (int) Long.lowestOneBit(a | b | c | d | WIDEST);
  }

  /** The identity of the product in files, in words that stay the same. */
  String key() {
    return "%s m=%d n=%d k=%d lda=%d ldb=%d ldc=%d ldd=%d %s>%s beta=%d align=%d"
        .formatted(
            layout, m, n, k, lda, ldb, ldc, ldd, input, output, accumulate ? 1 : 0, alignment);
  }

  @Override
  public String toString() {
    return "matmul " + key();
  }
}
