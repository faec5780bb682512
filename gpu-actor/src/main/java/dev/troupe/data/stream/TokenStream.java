package dev.troupe.data.stream;

/**
 * A sequence of tokens made of documents, one after the other; each document ends with the
 * tokenizer's end-of-document token. Immutable and thread-safe.
 */
public interface TokenStream {
  /** What messages call it, for example the file it comes from. */
  String name();

  /** Number of tokens, at least 1. */
  long tokens();

  /** Number of documents. */
  int documents();

  /**
   * Where a document begins.
   *
   * @param document 0 to {@code documents()}; the last gives {@code tokens()}
   * @return its first token
   */
  long documentStart(int document);

  /**
   * Copies {@code count} tokens.
   *
   * @throws IndexOutOfBoundsException if the range is not inside the stream or the array
   */
  void read(long firstToken, int count, int[] dst, int dstOffset);
}
