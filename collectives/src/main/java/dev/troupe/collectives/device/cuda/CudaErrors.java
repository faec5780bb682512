package dev.troupe.collectives.device.cuda;

import dev.troupe.proto.error.TroupeException;
import jcuda.driver.CUresult;

/** Turns the driver's error codes into exceptions. */
final class CudaErrors {
  private static final long MIB = 1L << 20;

  private CudaErrors() {}

  /**
   * The exception for a failed call.
   *
   * @param call the driver's function, and what it was called for
   */
  static RuntimeException of(int code, String call) {
    String error = CUresult.stringFor(code) + " (" + code + ")";
    if (code == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return TroupeException.resource(
          "the GPU is out of memory: %s failed with %s; lower the job's memory, or end other"
                  .formatted(call, error)
              + " processes on the GPU");
    }
    boolean lost = losesContext(code);
    return new CudaFailedException(
        call
            + " failed with "
            + error
            + (lost
                ? ": the GPU's context is lost, and this process must be replaced; the kernel's log (dmesg, Xid) may say why"
                : ""),
        code,
        lost);
  }

  /** Out of memory, with what was asked for and what there was. */
  static TroupeException outOfMemory(String gpu, long wanted, long free) {
    return TroupeException.resource(
        "%s has %d MiB of memory free, but %d MiB are needed: lower train.micro-batch or the model's size,"
                .formatted(gpu, free / MIB, Math.ceilDiv(wanted, MIB))
            + " use more GPUs, or end other processes on this one");
  }

  /**
   * The errors after which CUDA's documentation (CUresult) asks for the process to be ended. An
   * unknown error is taken for one.
   */
  static boolean losesContext(int code) {
    return switch (code) {
      case CUresult.CUDA_ERROR_DEINITIALIZED,
          CUresult.CUDA_ERROR_ECC_UNCORRECTABLE,
          CUresult.CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CONTAINED,
          CUresult.CUDA_ERROR_ILLEGAL_ADDRESS,
          CUresult.CUDA_ERROR_LAUNCH_TIMEOUT,
          CUresult.CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUresult.CUDA_ERROR_ASSERT,
          CUresult.CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUresult.CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUresult.CUDA_ERROR_MISALIGNED_ADDRESS,
          CUresult.CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUresult.CUDA_ERROR_INVALID_PC,
          CUresult.CUDA_ERROR_LAUNCH_FAILED,
          TENSOR_MEMORY_LEAK,
          CUresult.CUDA_ERROR_UNKNOWN ->
          true;
      default -> false;
    };
  }

  // Newer than JCuda.
  private static final int CONTAINED = 226;
  private static final int TENSOR_MEMORY_LEAK = 721;
}
