package dev.troupe.deploy.lab;

import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.device.cuda.GpuInfo;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The GPU under check: the first one.
 *
 * @param libraries where CUDA's are
 * @param driver of this process
 * @param info what the GPU is
 */
public record Gpu(CudaLibraries libraries, CudaDriver driver, GpuInfo info) {

  /**
   * Finds it.
   *
   * @param folder where to look for CUDA's libraries first
   * @throws dev.troupe.proto.error.TroupeException of category resource where there is none, with
   *     the reason and the remedy
   */
  public static Gpu find(Optional<Path> folder) {
    CudaLibraries libraries = CudaLibraries.find(folder);
    CudaDriver driver = CudaDriver.start(libraries);
    return new Gpu(libraries, driver, driver.gpu(0));
  }

  /** CUDA version that the driver supports, for example 13.0. */
  public String driverVersion() {
    return CudaLibraries.versionText(CudaLibrary.DRIVER, driver.version());
  }
}
