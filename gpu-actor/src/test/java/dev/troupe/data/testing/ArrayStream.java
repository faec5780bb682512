package dev.troupe.data.testing;

import dev.troupe.data.stream.TokenStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/** Documents in memory, for tests. */
public record ArrayStream(int[]... texts) implements TokenStream {
  /** One document with the ids 0, 1, 2, ... */
  public static ArrayStream counting(int tokens) {
    return new ArrayStream(IntStream.range(0, tokens).toArray());
  }

  @Override
  public String name() {
    return "test data";
  }

  @Override
  public long tokens() {
    return all().length;
  }

  @Override
  public int documents() {
    return texts.length;
  }

  @Override
  public long documentStart(int document) {
    return Arrays.stream(texts, 0, document).mapToLong(text -> text.length).sum();
  }

  @Override
  public void read(long firstToken, int count, int[] dst, int dstOffset) {
    Objects.checkFromIndexSize(firstToken, count, tokens());
    System.arraycopy(all(), (int) firstToken, dst, dstOffset, count);
  }

  private int[] all() {
    return Arrays.stream(texts).flatMapToInt(Arrays::stream).toArray();
  }
}
