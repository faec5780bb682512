package dev.troupe.model;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionShape;
import dev.troupe.kernels.Kernels;
import dev.troupe.layer.Pass;
import dev.troupe.parallel.ColumnParallelLinear;
import dev.troupe.parallel.RowParallelLinear;
import dev.troupe.tensor.Tensor;
import dev.troupe.tensor.Workspace;
import java.util.List;

/**
 * Causal self-attention with rotary positions, heads split over the tensor-parallel ranks: q = x
 * Wq^T, [k v] = x Wkv^T, out = attention(rope(q), rope(k), v) Wo^T. Where the pass tells documents
 * apart, a token sees those of its own document alone. Their positions go on counting from the
 * sequence's first token: scores depend on the distance of two positions only (Su et al. 2021), so
 * counting again in each document would change nothing but rounding.
 *
 * @param kernels where it runs
 * @param input Wq (heads*hd / tp, d) and Wkv (2*kvHeads*hd / tp, d), keys above values
 * @param output Wo (d, heads*hd / tp)
 * @param rope cos and sin a position
 * @param heads query heads of this rank
 * @param kvHeads key/value heads of this rank
 * @param headDim width of a head
 */
record Attention(
    Kernels kernels,
    ColumnParallelLinear input,
    RowParallelLinear output,
    Tensor rope,
    int heads,
    int kvHeads,
    int headDim) {

  /** What backward reads, all B*T rows: rotated q, [rotated k, v], attention out, log-sum-exp. */
  record Saved(Tensor q, Tensor kv, Tensor out, Tensor lse) {}

  /** All but the output projection. */
  Saved forward(Tensor x, Pass pass) {
    List<Tensor> projected = input.forward(x, pass);
    Tensor q = projected.get(0);
    Tensor kv = projected.get(1);
    Tensor k = keys(kv);
    kernels.rope(q, rope, headDim, pass.length(), 0, false);
    kernels.rope(k, rope, headDim, pass.length(), 0, false);
    Workspace workspace = pass.workspace();
    Tensor out = workspace.activation(q.type(), q.rows(), q.cols());
    Tensor lse = workspace.activation(DataType.FLOAT32, pass.sequences() * heads, pass.length());
    kernels.attention(out, lse, q, k, values(kv), pass.firstKeys(), shape(pass));
    return new Saved(q, kv, out, lse);
  }

  /** dx for the local rows, in scratch. x: what forward was given. */
  Tensor backward(Tensor dy, Tensor x, Saved saved, Pass pass) {
    Workspace workspace = pass.workspace();
    Tensor dOut = output.backward(dy, saved.out(), pass);
    Tensor dq = workspace.scratch(dOut.type(), saved.q().rows(), saved.q().cols());
    Tensor dkv = workspace.scratch(dOut.type(), saved.kv().rows(), saved.kv().cols());
    kernels.attentionBackward(
        dq,
        keys(dkv),
        values(dkv),
        dOut,
        saved.out(),
        saved.lse(),
        saved.q(),
        keys(saved.kv()),
        values(saved.kv()),
        pass.firstKeys(),
        shape(pass));
    kernels.rope(dq, rope, headDim, pass.length(), 0, true);
    kernels.rope(keys(dkv), rope, headDim, pass.length(), 0, true);
    return input.backward(List.of(dq, dkv), x, pass);
  }

  /**
   * Forward of new positions of some sequences: their keys and values are appended to the caches,
   * and each position attends to its own sequence.
   *
   * @param x (rows of all spans, d), the spans' rows one after another
   * @param block which block this is
   * @return y for the new positions, in scratch
   */
  Tensor extend(Tensor x, List<Span> spans, int block, Pass pass) {
    List<Tensor> projected = input.forward(x, pass);
    Tensor q = projected.get(0);
    Tensor kv = projected.get(1);
    Tensor out = pass.workspace().scratch(q.type(), q.rows(), q.cols());
    int row = 0;
    for (Span span : spans) {
      int count = span.count();
      extend(out.rows(row, count), q.rows(row, count), kv.rows(row, count), span, block, pass);
      row += count;
    }
    return output.forward(out, pass);
  }

  private void extend(Tensor out, Tensor q, Tensor kv, Span span, int block, Pass pass) {
    int count = span.count();
    int position = span.cache().length();
    KeyValueCache.Layer layer = span.cache().layer(block);
    kernels.rope(q, rope, headDim, count, position, false);
    kernels.rope(keys(kv), rope, headDim, count, position, false);
    kernels.copy(layer.keys().rows(position, count), keys(kv));
    kernels.copy(layer.values().rows(position, count), values(kv));
    Workspace workspace = pass.workspace();
    long mark = workspace.mark();
    Tensor lse = workspace.scratch(DataType.FLOAT32, heads, count);
    kernels.attention(
        out,
        lse,
        q,
        layer.keys(),
        layer.values(),
        new AttentionShape(1, count, position + count, heads, kvHeads, headDim));
    workspace.release(mark);
  }

  private Tensor keys(Tensor kv) {
    return kv.cols(0, kvHeads * headDim);
  }

  private Tensor values(Tensor kv) {
    return kv.cols(kvHeads * headDim, kvHeads * headDim);
  }

  private AttentionShape shape(Pass pass) {
    return new AttentionShape(
        pass.sequences(), pass.length(), pass.length(), heads, kvHeads, headDim);
  }
}
