package dev.troupe.collectives.device.cuda;

import dev.troupe.proto.error.TroupeException;
import java.util.List;

/**
 * The GPUs of a node, by the number of its device.
 *
 * @param libraries where CUDA is
 * @param driver the driver
 * @param offset number of the GPU that is device 0
 * @param shared whether devices beyond the number of GPUs share them
 */
public record Gpus(CudaLibraries libraries, CudaDriver driver, int offset, boolean shared) {

  /** The GPU that is a device of the node. */
  public GpuInfo info(int device) {
    List<GpuInfo> all = driver.gpus();
    int number = offset + device;
    return all.get(shared ? number % all.size() : number);
  }

  /**
   * Checks that there are enough.
   *
   * @param devices number of the node's devices
   * @throws TroupeException with category RESOURCE where there are not
   */
  public void require(int devices) {
    int found = driver.gpus().size();
    if (!shared && offset + devices > found) {
      throw TroupeException.resource(
          "%d GPUs are needed here, %d found; lower parallel.tp or parallel.dp, start fewer ranks a node, or set cuda.share-gpu = true for a test"
              .formatted(offset + devices, found));
    }
  }
}
