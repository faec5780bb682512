package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.AdamRange;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.util.List;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Kernels that compute nothing and note how much temporary memory their calls would take: a step
 * that runs on them sizes the buffer of {@link CudaKernels}. Needs no GPU.
 */
public final class CudaKernelPlan implements Kernels {
  private final long matmulBytes;
  private final ToLongBiFunction<AttentionShape, DataType> attentionBytes;
  private long temporaryBytes;

  /**
   * A plan without calls.
   *
   * @param matmulBytes {@link Matmul#temporaryBytes}
   * @param attentionBytes {@link Attention#temporaryBytes}
   */
  public CudaKernelPlan(
      long matmulBytes, ToLongBiFunction<AttentionShape, DataType> attentionBytes) {
    this.matmulBytes = matmulBytes;
    this.attentionBytes = attentionBytes;
  }

  /** The most that a call so far would take. */
  public long temporaryBytes() {
    return temporaryBytes;
  }

  private void need(long bytes) {
    temporaryBytes = Math.max(temporaryBytes, bytes);
  }

  @Override
  public void matmul(Tensor c, Tensor a, Tensor b, Layout layout, Accumulate accumulate) {
    need(matmulBytes);
  }

  @Override
  public void matmulAdd(Tensor d, Tensor c, Tensor a, Tensor b, Layout layout) {
    need(matmulBytes);
  }

  @Override
  public boolean fusesResidual() {
    return true;
  }

  @Override
  public void rmsNorm(Tensor y, Tensor rstd, Tensor x, Tensor gain, float eps) {}

  @Override
  public void addRmsNorm(
      Tensor sum, Tensor y, Tensor rstd, Tensor x, Tensor delta, Tensor gain, float eps) {}

  @Override
  public void rmsNormApply(Tensor y, Tensor x, Tensor rstd, Tensor gain) {}

  @Override
  public void rmsNormBackward(
      Tensor dx,
      Tensor dGain,
      Tensor dy,
      Tensor x,
      Tensor rstd,
      Tensor gain,
      Accumulate ontoDx,
      Accumulate ontoGain) {
    need(CudaTemporaries.rmsNormBackward(x.rows(), x.cols()));
  }

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {}

  @Override
  public void copy(Tensor y, Tensor x) {}

  @Override
  public void zero(Tensor y) {}

  @Override
  public void rope(Tensor x, Tensor table, int headDim, int length, int first, boolean inverse) {}

  @Override
  public void swiglu(Tensor y, Tensor gateUp) {}

  @Override
  public void swigluBackward(Tensor dGateUp, Tensor dy, Tensor gateUp) {}

  @Override
  public void attention(
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor firstKeys,
      AttentionShape shape) {
    need(attentionBytes.applyAsLong(shape, q.type()));
  }

  @Override
  public void attentionBackward(
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
    need(attentionBytes.applyAsLong(shape, q.type()));
  }

  @Override
  public void embedding(Tensor y, Tensor table, Tensor ids, int first) {}

  @Override
  public void embeddingBackward(Tensor dTable, Tensor dy, Tensor ids, int first) {
    need(CudaTemporaries.embeddingBackward(ids.rows()));
  }

  @Override
  public void rowMax(Tensor max, Tensor logits, int valid) {}

  @Override
  public void expSum(
      Tensor sums, Tensor logits, Tensor max, Tensor targets, int first, int valid) {}

  @Override
  public void crossEntropyBackward(
      Tensor dLogits,
      Tensor losses,
      Tensor exps,
      Tensor sums,
      Tensor targets,
      int first,
      float scale) {}

  @Override
  public void sumOfSquares(Tensor blocks, Tensor x, int blockSize) {}

  @Override
  public void adamw(
      Tensor value, Tensor master, Tensor expAvg, Tensor expAvgSq, Tensor grad, AdamStep step) {
    need(CudaTemporaries.adamw(1));
  }

  @Override
  public void adamw(List<AdamRange> ranges, AdamStep step) {
    need(CudaTemporaries.adamw(ranges.size()));
  }

  @Override
  public int logitsAtOnce() {
    return CudaKernels.LOGITS_AT_ONCE;
  }

  @Override
  public void close() {}
}
