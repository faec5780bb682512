package dev.troupe.collectives.device.cuda;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;

/** A call of the CUDA driver failed. The message names the call and the driver's error. */
public final class CudaFailedException extends TroupeException {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final boolean contextLost;

  CudaFailedException(String message, int code, boolean contextLost) {
    super(Category.RESOURCE, message);
    this.code = code;
    this.contextLost = contextLost;
  }

  /** The driver's error code, a {@code CUresult}. */
  public int code() {
    return code;
  }

  /**
   * Whether the GPU's context is lost: every later call in this process fails as well, and only a
   * new process can use the GPU again.
   */
  public boolean contextLost() {
    return contextLost;
  }
}
