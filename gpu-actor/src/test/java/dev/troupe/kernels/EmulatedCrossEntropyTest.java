package dev.troupe.kernels;

/** The same on the GPU. */
class EmulatedCrossEntropyTest extends CrossEntropyTest {
  @Override
  TestDevice open() {
    return TestDevice.emulatedGpu();
  }
}
