package dev.troupe.deploy.bench;

/**
 * A kernel at a size, and what it moves or computes at least.
 *
 * @param name kernel and size
 * @param bytes read and written; 0 where arithmetic is what takes time
 * @param flops floating-point operations; 0 where memory is what takes time
 * @param prepare fills the buffers, before the first call
 * @param work puts the kernel in the compute stream
 */
record KernelLine(String name, double bytes, double flops, Runnable prepare, Runnable work) {

  /**
   * What was measured.
   *
   * @param name kernel and size
   * @param seconds of one call
   * @param perSecond bytes or FLOPs a second
   * @param memory whether these are bytes
   * @param share of what a copy or the largest product reached in the same run
   */
  record Figures(String name, double seconds, double perSecond, boolean memory, double share) {}

  boolean memory() {
    return bytes > 0;
  }

  /** Figures of calls that took so long each. */
  Figures figures(double seconds, double bandwidth, double peak) {
    double perSecond = (memory() ? bytes : flops) / seconds;
    return new Figures(
        name, seconds, perSecond, memory(), perSecond / (memory() ? bandwidth : peak));
  }
}
