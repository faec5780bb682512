package dev.troupe.kernels;

/** The same on the GPU: these heads take the kernels in plain float32 arithmetic. */
class EmulatedAttentionTest extends AttentionTest {
  @Override
  TestDevice open() {
    return TestDevice.emulatedGpu();
  }
}
