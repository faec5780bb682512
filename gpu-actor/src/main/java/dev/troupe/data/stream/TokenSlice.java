package dev.troupe.data.stream;

import java.util.Objects;

/**
 * A range of another stream's tokens. Documents that the range cuts count as documents.
 *
 * @param name what messages call it
 * @param source the whole
 * @param first first token
 * @param tokens number of tokens
 * @param firstDocument document of the source in which the range begins
 * @param documents number of documents that the range touches
 */
record TokenSlice(
    String name, TokenStream source, long first, long tokens, int firstDocument, int documents)
    implements TokenStream {

  @Override
  public long documentStart(int document) {
    Objects.checkIndex(document, documents + 1);
    long start = source.documentStart(firstDocument + document) - first;
    return Math.clamp(start, 0, tokens);
  }

  @Override
  public void read(long firstToken, int count, int[] dst, int dstOffset) {
    Objects.checkFromIndexSize(firstToken, count, tokens);
    source.read(first + firstToken, count, dst, dstOffset);
  }
}
