package dev.troupe.model;

import dev.troupe.kernels.Accumulate;
import dev.troupe.kernels.Kernels;
import dev.troupe.layer.Pass;
import dev.troupe.layer.RmsNorm;
import dev.troupe.parallel.RowParallelLinear;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transformer block: m = x + attention(norm(x)); y = m + mlp(norm(m)). Under sequence
 * parallelism x, m and y are this rank's token rows.
 *
 * @param kernels where it runs
 * @param attentionNorm norm before the attention
 * @param attention the attention
 * @param mlpNorm norm before the MLP
 * @param mlp the MLP
 * @param keepNorms whether the norms' outputs are kept for backward or computed again
 */
record Block(
    Kernels kernels,
    RmsNorm attentionNorm,
    Attention attention,
    RmsNorm mlpNorm,
    Mlp mlp,
    boolean keepNorms) {

  /**
   * What backward reads: each half's norm, the norm's output where it is kept, and the half's own.
   */
  record Saved(
      RmsNorm.Saved attentionNorm,
      @Nullable Tensor attentionInput,
      Attention.Saved attention,
      RmsNorm.Saved mlpNorm,
      @Nullable Tensor mlpInput,
      Mlp.Saved mlp) {}

  /** Writes y, (rows, d), which the caller allocated; x must outlive the result. */
  Saved forward(Tensor y, Tensor x, Pass pass) {
    Workspace workspace = pass.workspace();
    long mark = workspace.mark();
    Tensor a = normed(x, workspace);
    RmsNorm.Saved firstNorm = attentionNorm.forward(a, x, pass);
    Attention.Saved attended = attention.forward(a, pass);
    Tensor middle = workspace.activation(x.type(), x.rows(), x.cols());
    Tensor b = normed(x, workspace);
    RmsNorm.Saved secondNorm = addAttention(middle, b, x, attended.out(), pass);
    Mlp.Forward expanded = mlp.forward(b, pass);
    addMlp(y, middle, expanded.product(), pass);
    workspace.release(mark);
    return new Saved(
        firstNorm,
        keepNorms ? a : null,
        attended,
        secondNorm,
        keepNorms ? b : null,
        expanded.saved());
  }

  /** middle = x + attention's projection; b = norm(middle). */
  private RmsNorm.Saved addAttention(
      Tensor middle, Tensor b, Tensor x, Tensor attended, Pass pass) {
    RowParallelLinear output = attention.output();
    if (output.fusesResidual()) {
      output.forwardOnto(middle, x, attended);
      return mlpNorm.forward(b, middle, pass);
    }
    return mlpNorm.forwardSum(middle, b, x, output.forward(attended, pass), pass);
  }

  /** y = middle + the MLP's projection. */
  private void addMlp(Tensor y, Tensor middle, Tensor product, Pass pass) {
    RowParallelLinear output = mlp.output();
    if (output.fusesResidual()) {
      output.forwardOnto(y, middle, product);
    } else {
      kernels.add(y, middle, output.forward(product, pass));
    }
  }

  /** Turns dy into dx in place: the residual stream's gradient. */
  void backward(Tensor dx, Saved saved, Pass pass) {
    Workspace workspace = pass.workspace();
    long mark = workspace.mark();
    Tensor b = again(saved.mlpInput(), mlpNorm, saved.mlpNorm(), workspace);
    Tensor db = mlp.backward(dx, b, saved.mlp(), pass);
    mlpNorm.backward(dx, Accumulate.ADD, db, saved.mlpNorm(), pass);
    workspace.release(mark);
    Tensor a = again(saved.attentionInput(), attentionNorm, saved.attentionNorm(), workspace);
    Tensor da = attention.backward(dx, a, saved.attention(), pass);
    attentionNorm.backward(dx, Accumulate.ADD, da, saved.attentionNorm(), pass);
    workspace.release(mark);
  }

  /** Forward of new positions with their caches; y as in {@link #forward}. */
  void extend(Tensor y, Tensor x, List<Span> spans, int block, Pass pass) {
    Workspace workspace = pass.workspace();
    long mark = workspace.mark();
    Tensor a = workspace.scratch(x.type(), x.rows(), x.cols());
    attentionNorm.forward(a, x, pass);
    Tensor attended = attention.extend(a, spans, block, pass);
    Tensor middle = workspace.scratch(x.type(), x.rows(), x.cols());
    mlpNorm.forwardSum(middle, a, x, attended, pass);
    addMlp(y, middle, mlp.forward(a, pass).product(), pass);
    workspace.release(mark);
  }

  private Tensor normed(Tensor x, Workspace workspace) {
    return keepNorms
        ? workspace.activation(x.type(), x.rows(), x.cols())
        : workspace.scratch(x.type(), x.rows(), x.cols());
  }

  private static Tensor again(
      @Nullable Tensor kept, RmsNorm norm, RmsNorm.Saved saved, Workspace workspace) {
    if (kept != null) {
      return kept;
    }
    Tensor x = saved.x();
    Tensor y = workspace.scratch(x.type(), x.rows(), x.cols());
    norm.recompute(y, saved);
    return y;
  }
}
