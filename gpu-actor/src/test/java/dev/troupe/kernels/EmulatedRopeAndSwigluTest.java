package dev.troupe.kernels;

/** The same on the GPU. */
class EmulatedRopeAndSwigluTest extends RopeAndSwigluTest {
  @Override
  TestDevice open() {
    return TestDevice.emulatedGpu();
  }
}
