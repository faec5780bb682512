package dev.troupe.collectives.device.cuda;

import java.util.Arrays;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** Kernels that are loaded on a GPU. */
public final class CudaModule {
  private final CudaContext context;
  private final CUmodule handle = new CUmodule();

  CudaModule(CudaContext context, byte[] image) {
    this.context = context;
    // PTX is text that ends with a zero byte; the binary forms do not mind one.
    byte[] ended = Arrays.copyOf(image, image.length + 1);
    context.check(JCudaDriver.cuModuleLoadData(handle, ended), "cuModuleLoadData");
    context.onClose(() -> context.check(JCudaDriver.cuModuleUnload(handle), "cuModuleUnload"));
  }

  /**
   * A kernel by the name that its source gives it; each with parameters of its own.
   *
   * @throws IllegalArgumentException when the module has none of that name
   */
  public CudaKernel kernel(String name) {
    context.use();
    CUfunction function = new CUfunction();
    int code = JCudaDriver.cuModuleGetFunction(function, handle, name);
    if (code == CUresult.CUDA_ERROR_NOT_FOUND) {
      throw new IllegalArgumentException("the module has no kernel " + name);
    }
    context.check(code, "cuModuleGetFunction", name);
    return new CudaKernel(context, name, function);
  }
}
