package dev.troupe.kernels;

/** The same on the GPU. */
class EmulatedEmbeddingKernelTest extends EmbeddingKernelTest {
  @Override
  TestDevice open() {
    return TestDevice.emulatedGpu();
  }
}
