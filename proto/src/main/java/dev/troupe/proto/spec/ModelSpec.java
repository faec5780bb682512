package dev.troupe.proto.spec;

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
    boolean tiedHead) {

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
