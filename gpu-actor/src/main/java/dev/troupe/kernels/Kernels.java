package dev.troupe.kernels;

import dev.troupe.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The computations of one device. Implementations differ in speed only: every kernel meets the CPU
 * reference at odd sizes in the tests.
 *
 * <p>Legend: n token rows, d columns, B sequences, T positions, h heads. Activations x, y and their
 * gradients are float32 or bfloat16; statistics, losses, main gradients and optimizer state are
 * float32. All arithmetic is float32. Results do not depend on the number of threads.
 *
 * <p>Threading: called by the rank's own thread, one call at a time.
 */
public interface Kernels extends AutoCloseable {

  /**
   * C = op(A) op(B), or C += op(A) op(B). A and B have one type; C may be float32 where they are
   * bfloat16. ADD on a bfloat16 C rounds once.
   */
  void matmul(Tensor c, Tensor a, Tensor b, Layout layout, Accumulate accumulate);

  /**
   * D = C + op(A) op(B), C and D of the same type and shape; D may be C. On a bfloat16 D the sum is
   * rounded once.
   */
  void matmulAdd(Tensor d, Tensor c, Tensor a, Tensor b, Layout layout);

  /** Whether {@link #matmulAdd} costs no more than the product alone. */
  default boolean fusesResidual() {
    return false;
  }

  /** y = x * rstd * gain, rstd = 1/sqrt(mean(x^2) + eps). x, y (n, d); rstd (n, 1); gain (1, d). */
  void rmsNorm(Tensor y, Tensor rstd, Tensor x, Tensor gain, float eps);

  /** sum = x + delta, then {@link #rmsNorm} of the sum. {@code sum} may be {@code x}. */
  void addRmsNorm(
      Tensor sum, Tensor y, Tensor rstd, Tensor x, Tensor delta, Tensor gain, float eps);

  /** y = x * rstd * gain with a known rstd: the norm computed again. */
  void rmsNormApply(Tensor y, Tensor x, Tensor rstd, Tensor gain);

  /**
   * dx (+)= rstd * (dy * gain) - x * rstd^3 / d * sum(dy * gain * x); dGain (+)= sum over rows of
   * dy * x * rstd.
   *
   * @param ontoDx whether dx is added to (the residual path) or overwritten
   * @param ontoGain the same for the gain's main gradient, float32 (1, d)
   */
  void rmsNormBackward(
      Tensor dx,
      Tensor dGain,
      Tensor dy,
      Tensor x,
      Tensor rstd,
      Tensor gain,
      Accumulate ontoDx,
      Accumulate ontoGain);

  /** y = a + b, element by element; y may be a or b. */
  void add(Tensor y, Tensor a, Tensor b);

  /** Copies and converts between float32 and bfloat16, round to nearest even. */
  void copy(Tensor y, Tensor x);

  /** Sets every element to zero. */
  void zero(Tensor y);

  /**
   * Rotary embedding in place, rotate-half convention (Su et al. 2021; Hugging Face LLaMA): for i <
   * headDim/2, (a, b) = (x_i, x_{i+headDim/2}) becomes (a cos - b sin, b cos + a sin).
   *
   * @param x (B*T, heads*headDim)
   * @param table float32 (positions, headDim): cos in the first half of a row, sin in the second
   * @param length T; row r has position {@code first + r % length}
   * @param first position of a sequence's first row
   * @param inverse rotates back: the backward pass
   */
  void rope(Tensor x, Tensor table, int headDim, int length, int first, boolean inverse);

  /** y = silu(gate) * up. gateUp (n, 2f) holds [gate | up]; y (n, f). Shazeer 2020. */
  void swiglu(Tensor y, Tensor gateUp);

  /** Backward of {@link #swiglu}: dGateUp may be gateUp. */
  void swigluBackward(Tensor dGateUp, Tensor dy, Tensor gateUp);

  /**
   * out = softmax(mask(q k^T * scale)) v per head, tiled with an online softmax: the score matrix
   * is never stored (Dao et al. 2022). q, out (B*Tq, h*hd); k, v (B*Tk, kvh*hd); lse float32 (B*h,
   * Tq) receives the log-sum-exp of the scaled scores.
   *
   * @param firstKeys int32 (B*Tq, 1): the first key of its sequence that a query sees, at most the
   *     last that it sees, never less than the query before it has; null: all see the first. What
   *     no query sees is not computed
   */
  void attention(
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor firstKeys,
      AttentionShape shape);

  /** {@link #attention} in which every query sees the first key. */
  default void attention(
      Tensor out, Tensor lse, Tensor q, Tensor k, Tensor v, AttentionShape shape) {
    attention(out, lse, q, k, v, null, shape);
  }

  /** Backward of {@link #attention}; overwrites dq, dk, dv. */
  void attentionBackward(
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
      AttentionShape shape);

  /** {@link #attentionBackward} in which every query sees the first key. */
  default void attentionBackward(
      Tensor dq,
      Tensor dk,
      Tensor dv,
      Tensor dOut,
      Tensor out,
      Tensor lse,
      Tensor q,
      Tensor k,
      Tensor v,
      AttentionShape shape) {
    attentionBackward(dq, dk, dv, dOut, out, lse, q, k, v, null, shape);
  }

  /** y[r] = table[ids[r] - first], or zero where the id is not in the table. ids int32 (n, 1). */
  void embedding(Tensor y, Tensor table, Tensor ids, int first);

  /** dTable[ids[r] - first] += dy[r], in row order. dTable float32. */
  void embeddingBackward(Tensor dTable, Tensor dy, Tensor ids, int first);

  /**
   * max[r] = greatest of the first {@code valid} logits of row r; -inf where valid is 0. Columns
   * are a multiple of 16, here and in the two passes that follow; those from {@code valid} on may
   * be overwritten.
   */
  void rowMax(Tensor max, Tensor logits, int valid);

  /**
   * logits = exp(logits - max) in place, zero from column {@code valid} on; sums (2, n) receives
   * the row sums and, where this shard holds the target, logit - max of the target, else 0.
   */
  void expSum(Tensor sums, Tensor logits, Tensor max, Tensor targets, int first, int valid);

  /**
   * From {@link #expSum}'s output: dLogits = (exp / sum - onehot(target)) * scale, converted to
   * dLogits' type; losses[r] = log(sum) - targetLogit. dLogits may be exps.
   */
  void crossEntropyBackward(
      Tensor dLogits,
      Tensor losses,
      Tensor exps,
      Tensor sums,
      Tensor targets,
      int first,
      float scale);

  /** blocks[i] float64 = sum of squares of the i-th {@code blockSize} elements of x (float32). */
  void sumOfSquares(Tensor blocks, Tensor x, int blockSize);

  /**
   * AdamW (Loshchilov and Hutter 2019) on flat float32 state; value receives the new weights in its
   * own type and may be master.
   */
  void adamw(
      Tensor value, Tensor master, Tensor expAvg, Tensor expAvgSq, Tensor grad, AdamStep step);

  /**
   * {@link #adamw} of many ranges in one call.
   *
   * @param step common to all but for the decay, which each range has for itself
   */
  default void adamw(List<AdamRange> ranges, AdamStep step) {
    for (AdamRange range : ranges) {
      adamw(
          range.value(),
          range.master(),
          range.expAvg(),
          range.expAvgSq(),
          range.grad(),
          step.withWeightDecay(range.weightDecay()));
    }
  }

  /**
   * How many logits the output head makes at a time: enough for fast matrix products, few enough
   * for the cache, or for the memory that they take.
   */
  default int logitsAtOnce() {
    return 1 << 21;
  }

  @Override
  void close();
}
