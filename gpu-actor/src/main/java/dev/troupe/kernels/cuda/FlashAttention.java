package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.tensor.Tensor;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Attention with kernels of our own after FlashAttention-2 (Dao 2023): memory is linear in the
 * lengths, and every result is a sum in a fixed order, so that the same inputs give the same bits.
 *
 * <p>bfloat16 with head sizes 32, 64, 80, 96, 128 and 256, every row aligned to 16 bytes, runs on
 * tensor cores (mma.sync): products in bfloat16, sums, softmax and statistics in float32. All else
 * runs in plain float32 arithmetic, for correctness rather than speed.
 *
 * <p>Work: with N pairs of a query and a key it sees (h * T * (T + 1) / 2 for a sequence that is
 * trained), forward takes two products, 4 * N * hd FLOPs. Backward takes seven, 14 * N * hd, of
 * which two are scores and weights that are computed again because dk, dv and dq have kernels of
 * their own: that is the price of sums without atomics. (Five, 10 * N * hd, are what counts as
 * useful; heads of 256 take eight.) Expected, not yet measured: forward 60 to 70% of an A100's peak
 * and 35 to 40% of an H100's or H200's, whose peak needs wgmma; backward about half of that. With
 * first keys, tiles of which no query sees a key are left out.
 *
 * <p>Threading: called by the device's thread.
 */
public final class FlashAttention implements Attention {
  private final CudaStream stream;
  private final Temporaries temporaries;
  private final Family causal;
  private final Family documents;

  /**
   * Attention on a device's compute stream.
   *
   * @param module {@link KernelImage#load}, loaded on the device
   * @param temporaries the rank's temporary memory
   */
  public FlashAttention(CudaDevice device, CudaModule module, CudaBuffer temporaries) {
    this.stream = device.compute();
    this.temporaries = new Temporaries(temporaries);
    this.causal = Family.of(module, "");
    this.documents = Family.of(module, "_documents");
  }

  /** The kernels of all types and head sizes, with first keys or without. */
  private record Family(
      Map<Integer, FlashKernels> byHeadDim,
      PlainAttentionKernels plainBfloat16,
      PlainAttentionKernels plainFloat32) {

    static Family of(CudaModule module, String mask) {
      return new Family(
          FlashTiles.ALL.stream()
              .collect(
                  Collectors.toUnmodifiableMap(
                      FlashTiles::headDim, tiles -> new FlashKernels(module, tiles, mask))),
          new PlainAttentionKernels(module, DataType.BFLOAT16, mask),
          new PlainAttentionKernels(module, DataType.FLOAT32, mask));
    }

    AttentionKernels kernels(DataType type, AttentionShape shape, boolean aligned) {
      if (type == DataType.FLOAT32) {
        return plainFloat32;
      }
      FlashKernels flash = byHeadDim.get(shape.headDim());
      return flash != null && aligned ? flash : plainBfloat16;
    }
  }

  private Family family(@Nullable Tensor firstKeys) {
    return firstKeys == null ? causal : documents;
  }

  /**
   * What {@link #temporaryBytes} says, before there is a GPU: a float32 a query and head.
   *
   * @throws dev.troupe.proto.error.TroupeException with category USAGE for heads that are too wide
   */
  public static long deltaBytes(AttentionShape shape) {
    PlainTiles.requireHead(shape.headDim());
    return (long) shape.sequences() * shape.heads() * shape.queryLength() * Float.BYTES;
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
    AttentionForwardCall call = new AttentionForwardCall(out, lse, q, k, v, firstKeys, shape);
    family(firstKeys).kernels(q.type(), shape, call.aligned()).forward(stream, call);
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
    AttentionBackwardCall call =
        new AttentionBackwardCall(dq, dk, dv, dOut, out, lse, q, k, v, firstKeys, shape);
    long delta = temporaries.take("attentionBackward", deltaBytes(shape));
    AttentionKernels kernels = family(firstKeys).kernels(q.type(), shape, call.aligned());
    kernels.delta(stream, call, delta);
    kernels.keys(stream, call, delta);
    kernels.queries(stream, call, delta);
  }

  @Override
  public long temporaryBytes(AttentionShape shape, DataType type) {
    return deltaBytes(shape);
  }

  /** Does nothing: the kernels go with the device. */
  @Override
  public void close() {}
}
