package dev.troupe.kernels.cuda.cublas;

/**
 * An algorithm and how long it took.
 *
 * @param microseconds median of cold runs
 */
record Measured(Algorithm algorithm, double microseconds) {

  /** Checks the time. */
  Measured {
    if (!(microseconds >= 0) || Double.isInfinite(microseconds)) {
      throw new IllegalArgumentException(microseconds + " microseconds");
    }
  }
}
