package dev.troupe.kernels.cuda;

/** Sizes of blocks of threads. */
final class Blocks {
  private static final int WARP = 32;

  private Blocks() {}

  /** Whole warps with a thread for each piece of work, at most {@code max} threads. */
  static int threads(long work, int max) {
    return (int) Math.clamp((work + WARP - 1) / WARP * WARP, WARP, max);
  }
}
