package dev.troupe.proto.spec;

import org.jspecify.annotations.Nullable;

/**
 * Dimensions of a LLaMA.
 *
 * @param preset name of the preset that the dimensions came from
 * @param hidden width of the residual stream
 * @param layers number of transformer blocks
 * @param heads number of query heads; {@code hidden % heads == 0}
 * @param kvHeads number of key/value heads; {@code heads % kvHeads == 0}
 * @param ffn width of the SwiGLU product
 * @param vocab number of token ids, before padding for tensor parallelism
 * @param maxSeq longest sequence the model is made for
 * @param normEps epsilon of RMSNorm
 * @param ropeBase base of the rotary embedding's wavelengths
 * @param tiedHead whether the output head is the embedding
 * @param ropeScaling how the rotary embedding reaches past the length it was trained for; null: not
 *     at all
 */
public record ModelSpec(
    String preset,
    int hidden,
    int layers,
    int heads,
    int kvHeads,
    int ffn,
    int vocab,
    int maxSeq,
    double normEps,
    double ropeBase,
    boolean tiedHead,
    @Nullable RopeScaling ropeScaling) {

  /** A model whose rotary embedding is not scaled. */
  public ModelSpec(
      String preset,
      int hidden,
      int layers,
      int heads,
      int kvHeads,
      int ffn,
      int vocab,
      int maxSeq,
      double normEps,
      double ropeBase,
      boolean tiedHead) {
    this(
        preset, hidden, layers, heads, kvHeads, ffn, vocab, maxSeq, normEps, ropeBase, tiedHead,
        null);
  }

  public ModelSpec {
    Require.atLeast(1, "model.hidden", hidden);
    Require.atLeast(1, "model.layers", layers);
    Require.atLeast(1, "model.heads", heads);
    Require.atLeast(1, "model.kv-heads", kvHeads);
    Require.atLeast(1, "model.ffn", ffn);
    Require.atLeast(1, "model.vocab", vocab);
    Require.atLeast(1, "model.max-seq", maxSeq);
    Require.positive("model.norm-eps", normEps);
    Require.positive("model.rope-base", ropeBase);
    Require.multiple(
        "model.hidden", hidden, "model.heads", heads, "each head takes an equal part of hidden");
    Require.multiple(
        "model.heads", heads, "model.kv-heads", kvHeads, "each KV head serves as many heads");
    if (hidden / heads % 2 != 0) {
      throw new InvalidFieldException(
          "model.hidden = %d / model.heads = %d gives heads of width %d; rotary embeddings need an"
                  .formatted(hidden, heads, hidden / heads)
              + " even width",
          "model.hidden",
          "model.heads");
    }
  }

  /** Width of one attention head. */
  public int headDim() {
    return hidden / heads;
  }

  /** Number of parameters of the whole model, without vocabulary padding. */
  public long parameters() {
    long embedding = (long) vocab * hidden;
    long attention = (long) hidden * hidden * 2 + (long) hidden * kvHeads * headDim() * 2;
    long mlp = 3L * hidden * ffn;
    long blocks = layers * (attention + mlp + 2L * hidden);
    return embedding * (tiedHead ? 1 : 2) + blocks + hidden;
  }
}
