package dev.troupe.data.stream;

import java.util.Objects;

/**
 * A stream in which each document begins with the same tokens, so that a model can tell its source
 * ("domain token": Allen-Zhu and Li, "Physics of Language Models: Part 3.3", 2024). Immutable and
 * thread-safe.
 */
public final class TaggedTokenStream implements TokenStream {
  private final TokenStream source;
  private final int[] tag;

  /**
   * Tags a stream.
   *
   * @param tag at least one token
   */
  public TaggedTokenStream(TokenStream source, int[] tag) {
    if (tag.length == 0) {
      throw new IllegalArgumentException("a tag has at least one token");
    }
    this.source = source;
    this.tag = tag.clone();
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public long tokens() {
    return source.tokens() + (long) documents() * tag.length;
  }

  @Override
  public int documents() {
    return source.documents();
  }

  @Override
  public long documentStart(int document) {
    return source.documentStart(document) + (long) document * tag.length;
  }

  @Override
  public void read(long firstToken, int count, int[] dst, int dstOffset) {
    Objects.checkFromIndexSize(firstToken, count, tokens());
    Objects.checkFromIndexSize(dstOffset, count, dst.length);
    long at = firstToken;
    long end = firstToken + count;
    for (int document = documentOf(at); at < end; document++) {
      long start = documentStart(document);
      long textStart = start + tag.length;
      long documentEnd = Math.min(end, documentStart(document + 1));
      for (; at < Math.min(documentEnd, textStart); at++) {
        dst[dstOffset + (int) (at - firstToken)] = tag[(int) (at - start)];
      }
      int text = (int) (documentEnd - at);
      if (text > 0) {
        long first = source.documentStart(document) + (at - textStart);
        source.read(first, text, dst, dstOffset + (int) (at - firstToken));
        at = documentEnd;
      }
    }
  }

  /** The last document that begins at or before {@code token}, by bisection. */
  private int documentOf(long token) {
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
}
