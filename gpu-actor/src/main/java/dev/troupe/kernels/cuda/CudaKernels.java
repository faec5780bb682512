package dev.troupe.kernels.cuda;

import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaModule;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.AdamRange;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Kernels} on a GPU. Every call puts its work in the device's compute stream and returns; it
 * allocates nothing. Called by the device's thread.
 */
public final class CudaKernels implements Kernels {
  /** 512 MiB of logits: a thousand rows of the largest vocabularies, enough for any product. */
  static final int LOGITS_AT_ONCE = 1 << 27;

  private final Matmul matmul;
  private final Attention attention;
  private final ElementKernels elements;
  private final ActivationKernels activations;
  private final NormKernels norms;
  private final EmbeddingKernels embeddings;
  private final LossKernels losses;
  private final OptimizerKernels optimizer;

  /**
   * Kernels of a device.
   *
   * @param module {@link KernelImage#load}, loaded on the device
   * @param matmul closed with these kernels
   * @param attention closed with these kernels
   * @param temporaries memory of {@link CudaKernelPlan#temporaryBytes} that nothing else uses but
   *     {@code matmul} and {@code attention}
   */
  public CudaKernels(
      CudaDevice device,
      CudaModule module,
      Matmul matmul,
      Attention attention,
      CudaBuffer temporaries) {
    CudaStream stream = device.compute();
    Temporaries memory = new Temporaries(temporaries);
    this.matmul = matmul;
    this.attention = attention;
    this.elements = new ElementKernels(stream, module);
    this.activations = new ActivationKernels(stream, module);
    this.norms = new NormKernels(stream, module, memory);
    this.embeddings = new EmbeddingKernels(stream, module, memory);
    this.losses = new LossKernels(stream, module);
    this.optimizer = new OptimizerKernels(device, module, memory);
  }

  @Override
  public void matmul(Tensor c, Tensor a, Tensor b, Layout layout, Accumulate accumulate) {
    matmul.run(c, a, b, layout, accumulate);
  }

  @Override
  public void matmulAdd(Tensor d, Tensor c, Tensor a, Tensor b, Layout layout) {
    matmul.addTo(d, c, a, b, layout);
  }

  @Override
  public boolean fusesResidual() {
    return true;
  }

  @Override
  public void rmsNorm(Tensor y, Tensor rstd, Tensor x, Tensor gain, float eps) {
    norms.forward(y, rstd, x, gain, eps);
  }

  @Override
  public void addRmsNorm(
      Tensor sum, Tensor y, Tensor rstd, Tensor x, Tensor delta, Tensor gain, float eps) {
    norms.addForward(sum, y, rstd, x, delta, gain, eps);
  }

  @Override
  public void rmsNormApply(Tensor y, Tensor x, Tensor rstd, Tensor gain) {
    norms.apply(y, x, rstd, gain);
  }

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
    norms.backward(dx, dGain, dy, x, rstd, gain, ontoDx, ontoGain);
  }

  @Override
  public void add(Tensor y, Tensor a, Tensor b) {
    elements.add(y, a, b);
  }

  @Override
  public void copy(Tensor y, Tensor x) {
    elements.copy(y, x);
  }

  @Override
  public void zero(Tensor y) {
    elements.zero(y);
  }

  @Override
  public void rope(Tensor x, Tensor table, int headDim, int length, int first, boolean inverse) {
    activations.rope(x, table, headDim, length, first, inverse);
  }

  @Override
  public void swiglu(Tensor y, Tensor gateUp) {
    activations.swiglu(y, gateUp);
  }

  @Override
  public void swigluBackward(Tensor dGateUp, Tensor dy, Tensor gateUp) {
    activations.swigluBackward(dGateUp, dy, gateUp);
  }

  @Override
  public void attention(
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor firstKeys,
      AttentionShape shape) {
    attention.forward(out, lse, q, k, v, firstKeys, shape);
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
    attention.backward(dq, dk, dv, dOut, out, lse, q, k, v, firstKeys, shape);
  }

  @Override
  public void embedding(Tensor y, Tensor table, Tensor ids, int first) {
    embeddings.forward(y, table, ids, first);
  }

  @Override
  public void embeddingBackward(Tensor dTable, Tensor dy, Tensor ids, int first) {
    embeddings.backward(dTable, dy, ids, first);
  }

  @Override
  public void rowMax(Tensor max, Tensor logits, int valid) {
    losses.rowMax(max, logits, valid);
  }

  @Override
  public void expSum(Tensor sums, Tensor logits, Tensor max, Tensor targets, int first, int valid) {
    losses.expSum(sums, logits, max, targets, first, valid);
  }

  @Override
  public void crossEntropyBackward(
      Tensor dLogits,
      Tensor losses,
      Tensor exps,
      Tensor sums,
      Tensor targets,
      int first,
      float scale) {
    this.losses.backward(dLogits, losses, exps, sums, targets, first, scale);
  }

  @Override
  public void sumOfSquares(Tensor blocks, Tensor x, int blockSize) {
    optimizer.sumOfSquares(blocks, x, blockSize);
  }

  @Override
  public void adamw(
      Tensor value, Tensor master, Tensor expAvg, Tensor expAvgSq, Tensor grad, AdamStep step) {
    double decay = step.weightDecay();
    optimizer.adamw(List.of(new AdamRange(value, master, expAvg, expAvgSq, grad, decay)), step);
  }

  @Override
  public void adamw(List<AdamRange> ranges, AdamStep step) {
    optimizer.adamw(ranges, step);
  }

  @Override
  public int logitsAtOnce() {
    return LOGITS_AT_ONCE;
  }

  @Override
  public void close() {
    attention.close();
    matmul.close();
  }
}
