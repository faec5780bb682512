package dev.troupe.kernels.cuda.cudnn;

import dev.troupe.kernels.cuda.nativecall.RawPointer;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.global.cudnn;

/**
 * cuDNN on the current context and one stream. Used by the thread that made it; closed before the
 * context.
 */
public final class CudnnHandle implements AutoCloseable {
  private final cudnnContext context = new cudnnContext();

  /**
   * Opens cuDNN in the context that is current on this thread.
   *
   * @param stream a {@code CUstream}
   */
  public CudnnHandle(long stream) {
    Cudnn.check(cudnn.cudnnCreate(context), "create");
    Cudnn.check(
        cudnn.cudnnSetStream(context, new CUstream_st(new RawPointer(stream))), "set stream");
  }

  /** Gives a plan to the stream. */
  void run(ExecutionPlan plan, Descriptor arguments) {
    Cudnn.check(
        cudnn.cudnnBackendExecute(context, plan.descriptor().handle(), arguments.handle()),
        "execute");
  }

  @Override
  public void close() {
    cudnn.cudnnDestroy(context);
    context.setNull();
  }
}
