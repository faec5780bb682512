package dev.troupe.kernels.cuda.cublas;

import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;

/**
 * The 64 bytes in which cuBLASLt describes how a product is computed. Means the same only to the
 * same version of the library on the same GPU.
 *
 * @param hex eight 64-bit words, 16 digits each
 */
record Algorithm(String hex) {
  private static final int WORDS = 8;
  private static final int DIGITS = 16;

  /** Checks the digits. */
  Algorithm {
    if (!hex.matches("[0-9a-f]{" + WORDS * DIGITS + "}")) {
      throw new IllegalArgumentException("not an algorithm of cuBLASLt: " + hex);
    }
  }

  static Algorithm of(cublasLtMatmulAlgo_t source) {
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < WORDS; i++) {
      digits.append("%016x".formatted(source.data(i)));
    }
    return new Algorithm(digits.toString());
  }

  void writeTo(cublasLtMatmulAlgo_t target) {
    for (int i = 0; i < WORDS; i++) {
      target.data(i, Long.parseUnsignedLong(hex, i * DIGITS, (i + 1) * DIGITS, 16));
    }
  }
}
