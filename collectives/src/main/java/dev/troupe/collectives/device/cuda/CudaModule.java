package dev.troupe.collectives.device.cuda;

/** Kernels that are loaded on a GPU. */
public final class CudaModule {
  private CudaModule() {}

  /**
   * A kernel by the name that its source gives it.
   *
   * @throws IllegalArgumentException when the module has none of that name
   */
  public CudaKernel kernel(String name) {
    throw new UnsupportedOperationException();
  }
}
