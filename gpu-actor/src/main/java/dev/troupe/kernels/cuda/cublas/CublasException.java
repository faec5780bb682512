package dev.troupe.kernels.cuda.cublas;

/** A call that cuBLASLt refused. */
public final class CublasException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CublasException(int status, String what) {
    super("%s: %s".formatted(what, name(status)));
  }

  private static String name(int status) {
    return switch (status) {
      case 1 -> "NOT_INITIALIZED";
      case 3 -> "ALLOC_FAILED";
      case 7 -> "INVALID_VALUE";
      case 8 -> "ARCH_MISMATCH";
      case 11 -> "MAPPING_ERROR";
      case 13 -> "EXECUTION_FAILED";
      case 14 -> "INTERNAL_ERROR";
      case 15 -> "NOT_SUPPORTED";
      case 16 -> "LICENSE_ERROR";
      default -> "status " + status;
    };
  }
}
