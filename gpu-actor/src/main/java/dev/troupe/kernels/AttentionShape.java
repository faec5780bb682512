package dev.troupe.kernels;

/**
 * Shape of a causal attention. Query row r of a sequence sees keys {@code 0 .. keyLength -
 * queryLength + r}: with a KV cache the queries are the last positions.
 *
 * @param sequences number of sequences
 * @param queryLength query rows a sequence
 * @param keyLength key rows a sequence; at least {@code queryLength}
 * @param heads query heads
 * @param kvHeads key/value heads; head h reads key/value head {@code h / (heads / kvHeads)}
 * @param headDim width of a head
 */
public record AttentionShape(
    int sequences, int queryLength, int keyLength, int heads, int kvHeads, int headDim) {

  /** Checks that heads are grouped evenly. */
  public AttentionShape {
    if (heads % kvHeads != 0 || keyLength < queryLength) {
      throw new IllegalArgumentException(
          "attention: %d heads on %d kv-heads, %d queries on %d keys"
              .formatted(heads, kvHeads, queryLength, keyLength));
    }
  }

  /** Factor of the scores, 1/sqrt(headDim). */
  public float scale() {
    return (float) (1 / Math.sqrt(headDim));
  }

  /** Query heads that share a key/value head. */
  public int groupSize() {
    return heads / kvHeads;
  }
}
