package dev.troupe.kernels.cuda.cublas;

import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A product in cuBLASLt's terms: the row-major operands change places, and each matrix is given as
 * its column-major transpose. Owns its native descriptors.
 */
final class Problem implements AutoCloseable {
  private static final int REAL_32F = 0;
  private static final int AS_STORED = 0;
  private static final int TRANSPOSED = 1;

  private final cublasLtMatmulDescOpaque_t operation;
  private final cublasLtMatrixLayoutOpaque_t first;
  private final cublasLtMatrixLayoutOpaque_t second;
  private final cublasLtMatrixLayoutOpaque_t addend;
  private final cublasLtMatrixLayoutOpaque_t result;

  Problem(Product p, Limits limits) {
    operation = operation(p, limits);
    boolean ta = p.layout().transposeA();
    boolean tb = p.layout().transposeB();
    int input = CublasLt.type(p.input());
    int output = CublasLt.type(p.output());
    first = layout(p, input, tb ? p.k() : p.n(), tb ? p.n() : p.k(), p.ldb());
    second = layout(p, input, ta ? p.m() : p.k(), ta ? p.k() : p.m(), p.lda());
    addend = layout(p, output, p.n(), p.m(), p.ldc());
    result = layout(p, output, p.n(), p.m(), p.ldd());
  }

  private static cublasLtMatmulDescOpaque_t operation(Product p, Limits limits) {
    try (PointerPointer<Pointer> made = new PointerPointer<>(1)) {
      // 32F is true float32 where the operands are: TF32 is another compute type.
      CublasLt.check(
          cublas.cublasLtMatmulDescCreate(made, cublas.CUBLAS_COMPUTE_32F, REAL_32F), p.toString());
      cublasLtMatmulDescOpaque_t operation = new cublasLtMatmulDescOpaque_t(made.get(0));
      set(
          operation,
          cublas.CUBLASLT_MATMUL_DESC_TRANSA,
          p.layout().transposeB() ? TRANSPOSED : AS_STORED,
          p);
      set(
          operation,
          cublas.CUBLASLT_MATMUL_DESC_TRANSB,
          p.layout().transposeA() ? TRANSPOSED : AS_STORED,
          p);
      if (limits.multiprocessors() > 0) {
        set(operation, cublas.CUBLASLT_MATMUL_DESC_SM_COUNT_TARGET, limits.multiprocessors(), p);
      }
      return operation;
    }
  }

  private static void set(
      cublasLtMatmulDescOpaque_t operation, int attribute, int value, Product p) {
    try (IntPointer pointer = new IntPointer(new int[] {value})) {
      CublasLt.check(
          cublas.cublasLtMatmulDescSetAttribute(operation, attribute, pointer, Integer.BYTES),
          p + ", attribute " + attribute);
    }
  }

  private static cublasLtMatrixLayoutOpaque_t layout(
      Product p, int type, long rows, long cols, long leading) {
    try (PointerPointer<Pointer> made = new PointerPointer<>(1)) {
      CublasLt.check(
          cublas.cublasLtMatrixLayoutCreate(made, type, rows, cols, leading), p.toString());
      return new cublasLtMatrixLayoutOpaque_t(made.get(0));
    }
  }

  cublasLtMatmulDescOpaque_t operation() {
    return operation;
  }

  /** B's memory. */
  cublasLtMatrixLayoutOpaque_t first() {
    return first;
  }

  /** A's memory. */
  cublasLtMatrixLayoutOpaque_t second() {
    return second;
  }

  /** C's memory. */
  cublasLtMatrixLayoutOpaque_t addend() {
    return addend;
  }

  /** D's memory. */
  cublasLtMatrixLayoutOpaque_t result() {
    return result;
  }

  @Override
  public void close() {
    cublas.cublasLtMatrixLayoutDestroy(first);
    cublas.cublasLtMatrixLayoutDestroy(second);
    cublas.cublasLtMatrixLayoutDestroy(addend);
    cublas.cublasLtMatrixLayoutDestroy(result);
    cublas.cublasLtMatmulDescDestroy(operation);
  }
}
