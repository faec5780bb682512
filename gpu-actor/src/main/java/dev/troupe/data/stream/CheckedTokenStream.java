package dev.troupe.data.stream;

import dev.troupe.proto.error.TroupeException;

/**
 * A stream whose ids are compared with the model's vocabulary each time they are read, so that the
 * model never meets an id it has no embedding for. The check costs next to nothing beside a step,
 * and unlike a scan at the start it takes no time with a file of terabytes.
 *
 * @param source where tokens come from
 * @param vocabSize number of ids the model has
 */
public record CheckedTokenStream(TokenStream source, int vocabSize) implements TokenStream {
  private static final int FIRST_TOKENS = 1 << 20;

  /**
   * Wraps a stream and reads its beginning, about a million tokens: a file made with another
   * tokenizer almost always shows there, before any work is done.
   *
   * @throws TroupeException (data) naming the first id outside {@code 0 .. vocabSize - 1}
   */
  public static CheckedTokenStream of(TokenStream source, int vocabSize) {
    CheckedTokenStream checked = new CheckedTokenStream(source, vocabSize);
    int n = (int) Math.min(FIRST_TOKENS, source.tokens());
    checked.read(0, n, new int[n], 0);
    return checked;
  }

  @Override
  public String name() {
    return source.name();
  }

  @Override
  public long tokens() {
    return source.tokens();
  }

  @Override
  public int documents() {
    return source.documents();
  }

  @Override
  public long documentStart(int document) {
    return source.documentStart(document);
  }

  /**
   * {@inheritDoc}
   *
   * @throws TroupeException (data) if an id is outside the vocabulary
   */
  @Override
  public void read(long firstToken, int count, int[] dst, int dstOffset) {
    source.read(firstToken, count, dst, dstOffset);
    if (!inside(dst, dstOffset, count)) {
      int i = 0;
      while (dst[dstOffset + i] >= 0 && dst[dstOffset + i] < vocabSize) {
        i++;
      }
      throw TroupeException.data(
          ("%s: token %d has id %d, outside the model's vocabulary of %d; set model.vocab to the"
                  + " size of the tokenizer's that the data was made with")
              .formatted(name(), firstToken + i, dst[dstOffset + i], vocabSize));
    }
  }

  /** Without an early exit, so that the compiler vectorises the loop. */
  private boolean inside(int[] ids, int offset, int count) {
    int min = 0;
    int max = 0;
    for (int i = offset; i < offset + count; i++) {
      min = Math.min(min, ids[i]);
      max = Math.max(max, ids[i]);
    }
    return min >= 0 && max < vocabSize;
  }
}
