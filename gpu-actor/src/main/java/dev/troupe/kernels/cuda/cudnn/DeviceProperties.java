package dev.troupe.kernels.cuda.cudnn;

import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.IntPointer;

/** What cuDNN plans for: a GPU of this machine, or one that is only described. */
public final class DeviceProperties implements AutoCloseable {
  private final Descriptor descriptor;

  private DeviceProperties(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * A GPU of this machine.
   *
   * @param index its number in the driver's order
   */
  public static DeviceProperties ofGpu(int index) {
    Descriptor descriptor = new Descriptor(cudnn.CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    try (IntPointer id = new IntPointer(new int[] {index})) {
      return finish(
          descriptor.set(cudnn.CUDNN_ATTR_DEVICEPROP_DEVICE_ID, cudnn.CUDNN_TYPE_INT32, 1, id));
    }
  }

  /**
   * A GPU that need not be here.
   *
   * @param json cuDNN's own description of it
   */
  public static DeviceProperties described(String json) {
    Descriptor descriptor = new Descriptor(cudnn.CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
    return finish(descriptor.set(cudnn.CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, json));
  }

  private static DeviceProperties finish(Descriptor descriptor) {
    return new DeviceProperties(descriptor.finish("device properties"));
  }

  Descriptor descriptor() {
    return descriptor;
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
