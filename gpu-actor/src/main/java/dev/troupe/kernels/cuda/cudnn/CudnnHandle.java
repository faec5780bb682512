package dev.troupe.kernels.cuda.cudnn;

import dev.troupe.kernels.cuda.nativecall.RawPointer;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.LongPointer;

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

  /** A plan of this GPU from its written form. */
  Descriptor load(String plan) {
    Descriptor loaded = new Descriptor(cudnn.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    try (LongPointer self = new LongPointer(new long[] {context.address()})) {
      return loaded
          .set(cudnn.CUDNN_ATTR_EXECUTION_PLAN_HANDLE, cudnn.CUDNN_TYPE_HANDLE, 1, self)
          .set(cudnn.CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, plan)
          .finish("load a plan");
    } catch (CudnnException e) {
      loaded.close();
      throw e;
    }
  }

  /** Gives a plan to the stream. */
  void run(ExecutionPlan plan, Descriptor arguments) {
    Cudnn.check(
        cudnn.cudnnBackendExecute(context, plan.on(this).handle(), arguments.handle()), "execute");
  }

  @Override
  public void close() {
    cudnn.cudnnDestroy(context);
    context.setNull();
  }
}
