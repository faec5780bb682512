package dev.troupe.deploy.lab;

import dev.troupe.collectives.device.Device;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.cpu.CpuKernels;

/**
 * A device with its kernels; owns both. Used by the thread that made it.
 *
 * @param <D> kind of device
 * @param device where tensors are
 * @param kernels what computes on it
 */
public record Lab<D extends Device>(D device, Kernels kernels) implements AutoCloseable {

  /** The CPU with all its cores. */
  public static Lab<CpuDevice> cpu() {
    CpuDevice device = new CpuDevice("cpu:0", Runtime.getRuntime().availableProcessors());
    return new Lab<>(device, new CpuKernels(device));
  }

  @Override
  public void close() {
    kernels.close();
    device.close();
  }
}
