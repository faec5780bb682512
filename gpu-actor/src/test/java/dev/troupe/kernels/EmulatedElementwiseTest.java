package dev.troupe.kernels;

/** The same on the GPU. */
class EmulatedElementwiseTest extends ElementwiseTest {
  @Override
  TestDevice open() {
    return TestDevice.emulatedGpu();
  }
}
