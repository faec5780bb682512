package dev.troupe.kernels.cuda.cublas;

/**
 * What an algorithm may take.
 *
 * @param workspaceBytes temporary memory
 * @param multiprocessors how many of the GPU's are used, so that others stay free for
 *     communication; 0: all
 * @param deterministic forbids splitting the contracted size, so that the order of sums depends on
 *     nothing but the algorithm
 */
public record Limits(long workspaceBytes, int multiprocessors, boolean deterministic) {

  /** Checks the sizes. */
  public Limits {
    if (workspaceBytes < 0 || multiprocessors < 0) {
      throw new IllegalArgumentException(
          workspaceBytes + " bytes, " + multiprocessors + " multiprocessors");
    }
  }
}
