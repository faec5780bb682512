package dev.troupe.data.bpe;

import java.util.List;
import java.util.Map;

/**
 * What a byte-level BPE tokenizer knows.
 *
 * @param bos the token that begins a prompt, id 0
 * @param eos the token that ends a document, id 1
 * @param tokens all tokens by id: {@code bos}, {@code eos}, the 256 bytes in the order of their
 *     characters, then what merges made
 * @param merges pairs of tokens, the first merged first
 */
public record BpeVocabulary(
    String bos, String eos, List<String> tokens, List<Map.Entry<String, String>> merges) {
  /** Special tokens and bytes: the smallest vocabulary. */
  public static final int SMALLEST = 2 + 256;

  /** Keeps copies of the lists. */
  public BpeVocabulary {
    tokens = List.copyOf(tokens);
    merges = List.copyOf(merges);
    if (tokens.size() < SMALLEST) {
      throw new IllegalArgumentException(tokens.size() + " tokens are fewer than " + SMALLEST);
    }
  }
}
