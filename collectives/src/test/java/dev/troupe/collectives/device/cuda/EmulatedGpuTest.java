package dev.troupe.collectives.device.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;

/** The emulated driver as JCuda calls it. */
class EmulatedGpuTest {
  private static void check(int result) {
    assertEquals(CUresult.CUDA_SUCCESS, result, () -> CUresult.stringFor(result));
  }

  @Test
  void shouldRunAKernelWithEveryKindOfParameterThroughJCuda() {
    EmulatedGpu gpu = EmulatedGpu.start();
    long held = gpu.stat("bytes") + gpu.stat("streams") + gpu.stat("modules");
    System.load(gpu.folder().resolve("libcuda.so.1").toString());
    JCudaDriver.setExceptionsEnabled(false);
    check(JCudaDriver.cuInit(0));
    var device = new CUdevice();
    check(JCudaDriver.cuDeviceGet(device, 0));
    var context = new CUcontext();
    check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device));
    check(JCudaDriver.cuCtxSetCurrent(context));
    var module = new CUmodule();
    check(JCudaDriver.cuModuleLoadData(module, new byte[] {1}));
    var kernel = new CUfunction();
    check(JCudaDriver.cuModuleGetFunction(kernel, module, "parameters"));
    var stream = new CUstream();
    check(JCudaDriver.cuStreamCreateWithPriority(stream, 1, -1));
    var out = new CUdeviceptr();
    check(JCudaDriver.cuMemAlloc(out, 32));

    Pointer parameters =
        Pointer.to(
            Pointer.to(out),
            Pointer.to(new int[] {-7}),
            Pointer.to(new long[] {1L << 40}),
            Pointer.to(new float[] {1.5f}),
            Pointer.to(new double[] {-2.25}));
    check(JCudaDriver.cuLaunchKernel(kernel, 1, 1, 1, 32, 1, 1, 0, stream, parameters, null));
    long[] values = new long[4];
    ByteBuffer bytes = ByteBuffer.allocateDirect(4 * Sizeof.LONG).order(ByteOrder.nativeOrder());
    check(JCudaDriver.cuMemcpyDtoHAsync(Pointer.to(bytes), out, 4 * Sizeof.LONG, stream));
    check(JCudaDriver.cuStreamSynchronize(stream));
    bytes.asLongBuffer().get(values);

    assertArrayEquals(new long[] {-7, 1L << 40, 1500, -2250}, values);
    assertEquals(1, gpu.stat("launches"));
    assertEquals(
        CUresult.CUDA_ERROR_INVALID_VALUE,
        JCudaDriver.cuLaunchKernel(kernel, 1, 1, 1, 64, 1, 1, 0, stream, parameters, null));

    gpu.fail("cuLaunchKernel", 1, CUresult.CUDA_ERROR_LAUNCH_FAILED);
    check(JCudaDriver.cuLaunchKernel(kernel, 1, 1, 1, 32, 1, 1, 0, stream, parameters, null));
    assertEquals(CUresult.CUDA_ERROR_LAUNCH_FAILED, JCudaDriver.cuStreamSynchronize(stream));
    gpu.reset();

    check(JCudaDriver.cuMemFree(out));
    check(JCudaDriver.cuStreamDestroy(stream));
    check(JCudaDriver.cuModuleUnload(module));
    check(JCudaDriver.cuCtxSetCurrent(new CUcontext()));
    check(JCudaDriver.cuDevicePrimaryCtxRelease(device));
    assertEquals(held, gpu.stat("bytes") + gpu.stat("streams") + gpu.stat("modules"));
  }
}
