package dev.troupe.data.stream;

import java.util.Arrays;
import java.util.Objects;

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

  /** The last document that begins at or before a token, by bisection. */
  default int documentOf(long token) {
    int low = 0;
    int high = documents();
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (documentStart(middle) <= token) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * Where the documents of {@code count} tokens begin, as places among them: 0 for those that begin
   * before {@code firstToken}.
   *
   * @throws IndexOutOfBoundsException if the range is not inside the stream or the array
   */
  default void readDocumentStarts(long firstToken, int count, int[] dst, int dstOffset) {
    Objects.checkFromIndexSize(firstToken, count, tokens());
    Objects.checkFromIndexSize(dstOffset, count, dst.length);
    int document = documentOf(firstToken);
    for (int at = 0; at < count; document++) {
      int start = (int) Math.max(0, documentStart(document) - firstToken);
      int end = (int) Math.min(count, documentStart(document + 1) - firstToken);
      Arrays.fill(dst, dstOffset + at, dstOffset + end, start);
      at = end;
    }
  }

  /**
   * Copies {@code count} tokens.
   *
   * @throws IndexOutOfBoundsException if the range is not inside the stream or the array
   */
  void read(long firstToken, int count, int[] dst, int dstOffset);
}
