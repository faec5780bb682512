package dev.troupe.collectives.comm.nccl;

import static org.bytedeco.cuda.global.nccl.ncclRemoteError;
import static org.bytedeco.cuda.global.nccl.ncclSystemError;
import static org.bytedeco.cuda.global.nccl.ncclUnhandledCudaError;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.proto.error.TroupeException;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Turns NCCL's results into messages and exceptions. */
final class NcclErrors {
  private NcclErrors() {}

  /**
   * What failed and how, with NCCL's own last words. Call it while holding the {@link Gate}.
   *
   * @param handle the communicator, if there is one
   * @param what the call, for people
   */
  static String text(@Nullable NcclHandle handle, int result, Object what) {
    String error = string(nccl.ncclGetErrorString(result));
    String last =
        handle != null && handle.isThere() ? string(nccl.ncclGetLastError(handle.comm())) : "";
    return "NCCL's %s failed: %s (%d)%s"
        .formatted(what, error, result, last.isBlank() ? "" : ": " + last.strip());
  }

  /** The exception for a failure that no lost GPU context explains. */
  static RuntimeException exception(int result, String message) {
    if (result == ncclRemoteError || result == ncclSystemError) {
      // What a rank sees of another one's death: a closed socket.
      return new CommunicatorAbortedException(message);
    }
    if (result == ncclUnhandledCudaError) {
      return TroupeException.resource(
          message
              + "; leave NCCL more GPU memory (train.micro-batch), or see its log: set"
              + " NCCL_DEBUG=INFO in the workers' environment");
    }
    return new NcclException(message, result);
  }

  static boolean isCuda(int result) {
    return result == ncclUnhandledCudaError;
  }

  private static String string(@Nullable BytePointer text) {
    return text == null || text.isNull() ? "" : text.getString();
  }
}
