package dev.troupe.deploy.bench;

import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.AdamStep;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Kernels;
import dev.troupe.kernels.Layout;
import dev.troupe.proto.spec.ModelSpec;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The kernels of a block, the loss and the optimizer at a model's sizes, in bfloat16. */
final class GpuKernelLines {
  private static final DataType BF16 = DataType.BFLOAT16;
  private static final DataType FP32 = DataType.FLOAT32;
  private static final int MOST_WEIGHTS = 1 << 27;
  private static final int NORM_BLOCK = 1024;

  /** Of the loss at a time, at most. */
  private static final int LOSS_ROWS = 2048;

  private final GpuNoise noise;
  private final Kernels kernels;
  private final ModelSpec model;
  private final int tokens;
  private final int length;
  private final CudaBuffer first;
  private final CudaBuffer second;
  private final CudaBuffer third;
  private final CudaBuffer small;
  private final List<KernelLine> lines = new ArrayList<>();

  /** Allocates {@link #bytes} on the device. */
  GpuKernelLines(CudaDevice device, Kernels kernels, ModelSpec model, int tokens, int length) {
    this.noise = new GpuNoise(device);
    this.kernels = kernels;
    this.model = model;
    this.tokens = tokens;
    this.length = length;
    long each = each(model, tokens);
    this.first = device.allocate(each);
    this.second = device.allocate(each);
    this.third = device.allocate(each);
    this.small = device.allocate(small(model, tokens));
  }

  static long bytes(ModelSpec model, int tokens) {
    return 3 * each(model, tokens) + small(model, tokens) + GpuNoise.BYTES + (1 << 20);
  }

  /** The largest of a buffer's uses. */
  private static long each(ModelSpec model, int tokens) {
    long activations = (long) tokens * Math.max(3 * model.hidden(), 2 * model.ffn()) * 2;
    long weights = 2L * model.ffn() * model.hidden() * Float.BYTES;
    long logits = (long) Math.min(LOSS_ROWS, tokens) * padded(model.vocab()) * Float.BYTES;
    long state = 2L * weights(model) * Float.BYTES;
    return Math.max(Math.max(activations, weights), Math.max(logits, state));
  }

  private static long small(ModelSpec model, int tokens) {
    return (long) tokens * model.heads() * Float.BYTES + (1L << 22);
  }

  /** Of the optimizer at a time; whole blocks of the norm. */
  private static int weights(ModelSpec model) {
    return (int) Math.min(MOST_WEIGHTS, model.parameters() / NORM_BLOCK * NORM_BLOCK);
  }

  private static int padded(int vocab) {
    return (vocab + 127) / 128 * 128;
  }

  private Tensor on(CudaBuffer buffer, DataType type, int rows, int cols) {
    return Tensor.of(buffer, type, rows, cols);
  }

  /** Normal numbers in all large buffers: products of zeros would take less power and time. */
  private void fill() {
    noise.fill(first);
    noise.fill(second);
    noise.fill(third);
  }

  private void memory(String name, double bytes, Runnable work) {
    lines.add(new KernelLine(name, bytes, 0, this::fill, work));
  }

  private void arithmetic(String name, double flops, Runnable work) {
    lines.add(new KernelLine(name, 0, flops, this::fill, work));
  }

  /** What arithmetic is measured against: the MLP's first product. */
  KernelLine largestProduct() {
    int wide = 2 * model.ffn();
    Tensor y = on(first, BF16, tokens, wide);
    Tensor x = on(second, BF16, tokens, model.hidden());
    Tensor w = on(third, BF16, wide, model.hidden());
    return new KernelLine(
        "gate and up, %d x %d x %d".formatted(tokens, wide, model.hidden()),
        0,
        2.0 * tokens * wide * model.hidden(),
        this::fill,
        () -> kernels.matmul(y, x, w, Layout.NT, Accumulate.ASSIGN));
  }

  List<KernelLine> all() {
    lines.clear();
    products("attention out", model.hidden(), model.hidden());
    products("gate and up", 2 * model.ffn(), model.hidden());
    products("down", model.hidden(), model.ffn());
    attention();
    norms();
    elementwise();
    loss();
    optimizer();
    return List.copyOf(lines);
  }

  /** Forward, the gradient of the input, and that of the weight, which is added to in float32. */
  private void products(String name, int out, int in) {
    double flops = 2.0 * tokens * out * in;
    Tensor y = on(first, BF16, tokens, out);
    Tensor x = on(second, BF16, tokens, in);
    Tensor w = on(third, BF16, out, in);
    arithmetic(
        name + " forward", flops, () -> kernels.matmul(y, x, w, Layout.NT, Accumulate.ASSIGN));
    arithmetic(name + " dgrad", flops, () -> kernels.matmul(x, y, w, Layout.NN, Accumulate.ASSIGN));
    Tensor dw = on(third, FP32, out, in);
    arithmetic(name + " wgrad", flops, () -> kernels.matmul(dw, y, x, Layout.TN, Accumulate.ADD));
  }

  private void attention() {
    int sequences = tokens / length;
    AttentionShape shape =
        new AttentionShape(
            sequences, length, length, model.heads(), model.kvHeads(), model.headDim());
    int keyWidth = model.kvHeads() * model.headDim();
    int width = model.hidden() + 2 * keyWidth;
    Tensor qkv = on(first, BF16, tokens, width);
    Tensor dQkv = on(second, BF16, tokens, width);
    Tensor q = qkv.cols(0, model.hidden());
    Tensor k = qkv.cols(model.hidden(), keyWidth);
    Tensor v = qkv.cols(model.hidden() + keyWidth, keyWidth);
    Tensor out = on(third, BF16, 2 * tokens, model.hidden()).rows(0, tokens);
    Tensor dOut = on(third, BF16, 2 * tokens, model.hidden()).rows(tokens, tokens);
    Tensor lse = on(small, FP32, sequences * model.heads(), length);
    double causal = 2.0 * sequences * length * length * model.hidden();
    arithmetic(
        "attention forward, causal", causal, () -> kernels.attention(out, lse, q, k, v, shape));
    Tensor dq = dQkv.cols(0, model.hidden());
    Tensor dk = dQkv.cols(model.hidden(), keyWidth);
    Tensor dv = dQkv.cols(model.hidden() + keyWidth, keyWidth);
    arithmetic(
        "attention backward, causal",
        2.5 * causal,
        () -> kernels.attentionBackward(dq, dk, dv, dOut, out, lse, q, k, v, shape));
    double rotated = 4.0 * tokens * (model.hidden() + keyWidth);
    Tensor table = on(small, FP32, length, model.headDim());
    Tensor qk = qkv.cols(0, model.hidden() + keyWidth);
    memory("rope", rotated, () -> kernels.rope(qk, table, model.headDim(), length, 0, false));
  }

  private void norms() {
    int h = model.hidden();
    double row = 2.0 * tokens * h;
    Tensor x = on(first, BF16, tokens, h);
    Tensor y = on(second, BF16, tokens, h);
    Tensor delta = on(third, BF16, tokens, h);
    Tensor rstd = on(small, FP32, tokens, 1);
    Tensor gain = on(third, BF16, tokens + 1, h).rows(tokens, 1);
    Tensor dGain = on(third, FP32, tokens + 1, h).rows(tokens, 1);
    memory("RMSNorm", 2 * row, () -> kernels.rmsNorm(y, rstd, x, gain, 1e-5f));
    memory(
        "residual and RMSNorm",
        4 * row,
        () -> kernels.addRmsNorm(x, y, rstd, x, delta, gain, 1e-5f));
    memory(
        "RMSNorm backward onto dx",
        4 * row,
        () ->
            kernels.rmsNormBackward(
                y, dGain, delta, x, rstd, gain, Accumulate.ADD, Accumulate.ADD));
  }

  private void elementwise() {
    double column = 2.0 * tokens * model.ffn();
    Tensor gateUp = on(first, BF16, tokens, 2 * model.ffn());
    Tensor dGateUp = on(second, BF16, tokens, 2 * model.ffn());
    Tensor y = on(third, BF16, tokens, model.ffn());
    memory("SwiGLU", 3 * column, () -> kernels.swiglu(y, gateUp));
    memory("SwiGLU backward", 5 * column, () -> kernels.swigluBackward(dGateUp, y, gateUp));
    Tensor ids = on(small, DataType.INT32, tokens, 1);
    Tensor table = on(first, BF16, 1, model.hidden());
    Tensor x = on(second, BF16, tokens, model.hidden());
    memory(
        "embedding, one id",
        2.0 * tokens * model.hidden(),
        () -> kernels.embedding(x, table, ids, 0));
  }

  private void loss() {
    int vocab = padded(model.vocab());
    int rows = Math.min(LOSS_ROWS, tokens);
    double logits = (double) rows * vocab;
    Tensor x = on(first, FP32, rows, vocab);
    Tensor dx = on(second, BF16, rows, vocab);
    Tensor max = on(small, FP32, rows, 1);
    Tensor sums = on(small, FP32, 3, rows).rows(1, 2);
    Tensor targets = on(third, DataType.INT32, rows, 1);
    Tensor losses = on(third, FP32, 2 * rows, 1).rows(rows, rows);
    memory("row maximum", 4 * logits, () -> kernels.rowMax(max, x, model.vocab()));
    memory(
        "exponentials and sums",
        8 * logits,
        () -> kernels.expSum(sums, x, max, targets, 0, model.vocab()));
    memory(
        "cross-entropy backward",
        6 * logits,
        () -> kernels.crossEntropyBackward(dx, losses, x, sums, targets, 0, 1f));
  }

  private void optimizer() {
    int weights = weights(model);
    Tensor masterAndGrad = on(first, FP32, 2, weights);
    Tensor moments = on(second, FP32, 2, weights);
    Tensor value = on(third, BF16, 1, weights);
    Tensor blocks = on(small, DataType.FLOAT64, 1, weights / NORM_BLOCK);
    AdamStep step = new AdamStep(1e-3, 0.9, 0.95, 1e-8, 0.1, 1, 10);
    memory(
        "gradient norm",
        4.0 * weights,
        () -> kernels.sumOfSquares(blocks, masterAndGrad.rows(1, 1), NORM_BLOCK));
    memory(
        "AdamW",
        30.0 * weights,
        () ->
            kernels.adamw(
                value,
                masterAndGrad.rows(0, 1),
                moments.rows(0, 1),
                moments.rows(1, 1),
                masterAndGrad.rows(1, 1),
                step));
  }
}
