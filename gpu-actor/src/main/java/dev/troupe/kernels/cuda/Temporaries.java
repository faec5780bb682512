package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.cuda.CudaBuffer;

/** The rank's temporary memory, as the kernels of one call share it out. */
record Temporaries(CudaBuffer buffer) {

  /**
   * The start of the memory.
   *
   * @param bytes what the call takes in all
   * @throws IllegalStateException when the plan has not foreseen the call
   */
  long take(String kernel, long bytes) {
    if (bytes > buffer.bytes()) {
      throw new IllegalStateException(
          "%s: %d bytes of temporary memory needed, %d planned"
              .formatted(kernel, bytes, buffer.bytes()));
    }
    return buffer.address();
  }
}
