package dev.troupe.deploy.gpucheck;

import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.cpu.CpuKernels;

/**
 * A device with its kernels; owns both. Used by the thread that made it.
 *
 * @param device where tensors are
 * @param kernels what computes on it
 */
record Lab(Device device, Kernels kernels) implements AutoCloseable {

  /** The CPU with all its cores. */
  static Lab cpu() {
    CpuDevice device = new CpuDevice("cpu:0", Runtime.getRuntime().availableProcessors());
    return new Lab(device, new CpuKernels(device));
  }

  @Override
  public void close() {
    kernels.close();
    device.close();
  }
}
