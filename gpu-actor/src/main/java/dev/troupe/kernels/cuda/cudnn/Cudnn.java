package dev.troupe.kernels.cuda.cudnn;

import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.BytePointer;

/**
 * The loaded library. {@link
 * dev.troupe.collectives.device.cuda.CudaLibraries#load(dev.troupe.collectives.device.cuda.CudaLibrary)}
 * comes first.
 */
public final class Cudnn {
  /**
   * Oldest version that is used: 9.10.0 and 9.10.1 have wrong backward passes, and older ones want
   * another mask value and accumulators that the caller clears.
   */
  public static final long MINIMUM_VERSION = 91002;

  private static final int MESSAGE_BYTES = 4096;

  private Cudnn() {}

  /** Version of the loaded library, 10000 * major + 100 * minor + patch. */
  public static long version() {
    return cudnn.cudnnGetVersion();
  }

  /** {@code 9.24.0} for 92400. */
  public static String name(long version) {
    return version / 10_000 + "." + version / 100 % 100 + "." + version % 100;
  }

  /** Fails with cuDNN's own words where a status says that a call was refused. */
  static void check(int status, String what) {
    if (status != cudnn.CUDNN_STATUS_SUCCESS) {
      throw new CudnnException("cuDNN, %s: status %d, %s".formatted(what, status, lastError()));
    }
  }

  private static String lastError() {
    try (BytePointer message = new BytePointer(MESSAGE_BYTES)) {
      cudnn.cudnnGetLastErrorString(message, MESSAGE_BYTES);
      return message.getString().strip();
    }
  }
}
