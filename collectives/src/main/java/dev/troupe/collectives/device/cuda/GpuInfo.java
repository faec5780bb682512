package dev.troupe.collectives.device.cuda;

/**
 * What a GPU is.
 *
 * @param index its number in the driver's order
 * @param name for example {@code NVIDIA H200}
 * @param busId PCI address, {@code 0000:1b:00.0}
 * @param major compute capability, before the dot
 * @param minor compute capability, after the dot
 * @param multiprocessors number of SMs
 * @param memoryBytes all of its memory
 */
public record GpuInfo(
    int index,
    String name,
    String busId,
    int major,
    int minor,
    int multiprocessors,
    long memoryBytes) {

  /** Compute capability as nvcc names it, for example 90. */
  public int architecture() {
    return 10 * major + minor;
  }

  /** For people: {@code cuda:0 (NVIDIA H200)}. */
  public String text() {
    return "cuda:" + index + " (" + name + ")";
  }
}
