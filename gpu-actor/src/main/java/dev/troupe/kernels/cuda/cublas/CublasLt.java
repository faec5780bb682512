package dev.troupe.kernels.cuda.cublas;

import dev.troupe.collectives.device.DataType;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.global.cublas;

/**
 * The loaded library in the context that is current on this thread. {@link
 * dev.troupe.collectives.device.cuda.CudaLibraries#load} comes first. Closed before the context.
 */
public final class CublasLt implements AutoCloseable {
  private static final int REAL_32F = 0;
  private static final int REAL_16BF = 14;

  private final cublasLtContext context = new cublasLtContext();

  /** Opens the library. */
  public CublasLt() {
    check(cublas.cublasLtCreate(context), "cublasLtCreate");
  }

  /** Version of the loaded library, 10000 * major + 100 * minor + patch. */
  public static long version() {
    return cublas.cublasLtGetVersion();
  }

  /**
   * Fails where a status says so.
   *
   * @param what the call, with the product that it was for
   */
  static void check(int status, String what) {
    if (status != cublas.CUBLAS_STATUS_SUCCESS) {
      throw new CublasException(status, what);
    }
  }

  /** The library's number for an element type. */
  static int type(DataType type) {
    return switch (type) {
      case FLOAT32 -> REAL_32F;
      case BFLOAT16 -> REAL_16BF;
      case FLOAT64, INT32, INT8 ->
          throw new IllegalArgumentException("matmul of " + type + ": FLOAT32 and BFLOAT16 only");
    };
  }

  cublasLtContext context() {
    return context;
  }

  @Override
  public void close() {
    if (!context.isNull()) {
      cublas.cublasLtDestroy(context);
      context.setNull();
    }
  }
}
