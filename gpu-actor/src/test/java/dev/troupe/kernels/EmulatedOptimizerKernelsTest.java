package dev.troupe.kernels;

/** The same on the GPU. */
class EmulatedOptimizerKernelsTest extends OptimizerKernelsTest {
  @Override
  TestDevice open() {
    return TestDevice.emulatedGpu();
  }
}
