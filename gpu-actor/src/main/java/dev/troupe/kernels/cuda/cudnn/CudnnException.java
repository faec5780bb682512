package dev.troupe.kernels.cuda.cudnn;

/** A call that cuDNN refused: not supported here, or wrong. */
public final class CudnnException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CudnnException(String message) {
    super(message);
  }
}
