package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.cuda.cudnn.AttentionPlans;
import dev.troupe.kernels.cuda.cudnn.BackwardPlan;
import dev.troupe.kernels.cuda.cudnn.CudnnHandle;
import dev.troupe.kernels.cuda.cudnn.ForwardPlan;
import dev.troupe.kernels.cuda.cudnn.Geometry;
import dev.troupe.kernels.cuda.cudnn.Gradients;
import dev.troupe.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Attention by cuDNN on the device's compute stream: bfloat16, as many keys as queries. Other
 * shapes are refused; {@link #supports} says which, and they need another {@link Attention}. So do
 * first keys.
 *
 * <p>A plan is compiled when a shape with its strides first comes, or when {@link #supports} or
 * {@link #temporaryBytes} is asked for it.
 */
public final class CudnnAttention implements Attention {
  private static final int ALIGNMENT = 16;

  private final AttentionPlans plans;
  private final CudnnHandle handle;
  private final CudaBuffer temporary;

  /**
   * Opens cuDNN, which must be loaded, in the device's context.
   *
   * @param plans of this GPU; owned by this from now on
   * @param temporary of {@link AttentionPlans#temporaryBytes} at least, for every shape that will
   *     come
   */
  public CudnnAttention(CudaDevice device, AttentionPlans plans, CudaBuffer temporary) {
    this.plans = plans;
    this.temporary = temporary;
    handle = new CudnnHandle(device.compute().handle());
  }

  /** Whether this computes an attention, forward and backward. */
  public boolean supports(AttentionShape shape, DataType type) {
    return plans.supports(shape, type);
  }

  @Override
  public void forward(
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor firstKeys,
      AttentionShape shape) {
    requireNone(firstKeys);
    check(shape, lse, out, q, k, v);
    ForwardPlan plan = plans.forward(geometry(shape, q, k, v, out));
    long room = room(plan.temporaryBytes(), shape);
    plan.run(handle, address(out), address(lse), address(q), address(k), address(v), room);
  }

  @Override
  public void backward(
      Tensor dq,
      Tensor dk,
      Tensor dv,
      Tensor dOut,
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor firstKeys,
      AttentionShape shape) {
    requireNone(firstKeys);
    check(shape, lse, dq, dk, dv, dOut, out, q, k, v);
    BackwardPlan plan =
        plans.backward(
            new Gradients(
                geometry(shape, q, k, v, out),
                dOut.stride(),
                dq.stride(),
                dk.stride(),
                dv.stride(),
                plans.deterministic()));
    plan.run(
        handle,
        new BackwardPlan.Addresses(
            address(dq),
            address(dk),
            address(dv),
            address(dOut),
            address(out),
            address(lse),
            address(q),
            address(k),
            address(v)),
        room(plan.temporaryBytes(), shape));
  }

  @Override
  public long temporaryBytes(AttentionShape shape, DataType type) {
    if (!plans.supports(shape, type)) {
      throw new IllegalArgumentException("cuDNN does not compute " + shape + " of " + type);
    }
    return plans.temporaryBytes(shape);
  }

  private static Geometry geometry(AttentionShape shape, Tensor q, Tensor k, Tensor v, Tensor out) {
    return new Geometry(shape, 0, q.stride(), k.stride(), v.stride(), out.stride());
  }

  private long room(long bytes, AttentionShape shape) {
    if (bytes > temporary.bytes()) {
      throw new IllegalStateException(
          "%s takes %d bytes of temporary memory, %d were planned"
              .formatted(shape, bytes, temporary.bytes()));
    }
    return temporary.address();
  }

  private static void requireNone(@Nullable Tensor firstKeys) {
    if (firstKeys != null) {
      throw new IllegalArgumentException("cuDNN's plans take no first keys");
    }
  }

  private static void check(AttentionShape shape, Tensor lse, Tensor... others) {
    if (lse.type() != DataType.FLOAT32 || !lse.dense()) {
      throw new IllegalArgumentException("lse must be dense FLOAT32");
    }
    for (Tensor t : others) {
      if (t.type() != DataType.BFLOAT16
          || address(t) % ALIGNMENT != 0
          || t.stride() * t.type().bytes() % ALIGNMENT != 0) {
        throw new IllegalArgumentException(
            "%s of %s, stride %d, at %x: cuDNN takes BFLOAT16 at multiples of %d bytes"
                .formatted(shape, t.type(), t.stride(), address(t), ALIGNMENT));
      }
    }
  }

  private static long address(Tensor t) {
    return t.buffer().address() + t.offset();
  }

  @Override
  public void close() {
    handle.close();
    plans.close();
  }
}
