package dev.troupe.collectives.device.cuda;

import java.util.List;

/** The CUDA driver of this process. Thread-safe. */
public final class CudaDriver {
  private CudaDriver() {}

  /**
   * Loads and initialises the driver.
   *
   * @throws dev.troupe.proto.error.TroupeException with category RESOURCE when there is no driver
   *     or no GPU, with the reason and the remedy
   */
  public static CudaDriver start(CudaLibraries libraries) {
    throw new UnsupportedOperationException();
  }

  /** CUDA version that the driver supports, 1000 * major + 10 * minor: 13000 for 13.0. */
  public int version() {
    throw new UnsupportedOperationException();
  }

  /** The GPUs that this process may use, by index. */
  public List<GpuInfo> gpus() {
    throw new UnsupportedOperationException();
  }
}
