package dev.troupe.kernels;

/** The same on the GPU. */
class EmulatedRmsNormKernelTest extends RmsNormKernelTest {
  @Override
  TestDevice open() {
    return TestDevice.emulatedGpu();
  }
}
