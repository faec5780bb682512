package dev.troupe.data.stream;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * A stream in which each document begins with the same tokens (after the one that begins documents,
 * where it has that), so that a model can tell its source ("domain token": Allen-Zhu and Li,
 * "Physics of Language Models: Part 3.3", 2024). Immutable and thread-safe.
 */
public final class TaggedTokenStream implements TokenStream {
  private final TokenStream source;
  private final int[] tag;
  private final OptionalInt begin;

  /**
   * Tags a stream.
   *
   * @param tag at least one token
   * @param begin the token that stays in front of it
   */
  public TaggedTokenStream(TokenStream source, int[] tag, OptionalInt begin) {
    if (tag.length == 0) {
      throw new IllegalArgumentException("a tag has at least one token");
    }
    this.source = source;
    this.tag = tag.clone();
    this.begin = begin;
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
      long tagStart = documentStart(document) + lead(document);
      long tagEnd = tagStart + tag.length;
      long documentEnd = Math.min(end, documentStart(document + 1));
      long shift = (long) document * tag.length;
      if (at < tagStart) {
        int n = (int) (Math.min(documentEnd, tagStart) - at);
        source.read(at - shift, n, dst, dstOffset + (int) (at - firstToken));
        at += n;
      }
      for (; at >= tagStart && at < Math.min(documentEnd, tagEnd); at++) {
        dst[dstOffset + (int) (at - firstToken)] = tag[(int) (at - tagStart)];
      }
      if (at < documentEnd) {
        int n = (int) (documentEnd - at);
        source.read(at - shift - tag.length, n, dst, dstOffset + (int) (at - firstToken));
        at = documentEnd;
      }
    }
  }

  /** How many tokens of a document stay in front of the tag: 1 or 0. */
  private int lead(int document) {
    long start = source.documentStart(document);
    if (begin.isEmpty() || source.documentStart(document + 1) == start) {
      return 0;
    }
    int[] first = new int[1];
    source.read(start, 1, first, 0);
    return first[0] == begin.getAsInt() ? 1 : 0;
  }
}
