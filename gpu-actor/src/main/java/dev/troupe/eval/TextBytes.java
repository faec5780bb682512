package dev.troupe.eval;

import dev.troupe.data.stream.TokenStream;
import dev.troupe.data.tokenizer.Tokenizer;
import dev.troupe.proto.error.TroupeException;

/**
 * Counts the UTF-8 bytes of the text that a stream's tokens stand for. Special tokens stand for
 * none, nor does the space that some tokenizers put before a text.
 */
final class TextBytes {
  private static final int CHUNK = 1 << 16;

  private final Tokenizer tokenizer;
  private final TokenStream stream;
  private final int[] bytes;
  private final boolean[] space;

  TextBytes(Tokenizer tokenizer, TokenStream stream) {
    this.tokenizer = tokenizer;
    this.stream = stream;
    this.bytes = new int[tokenizer.vocabSize()];
    this.space = new boolean[bytes.length];
    for (int id = 0; id < bytes.length; id++) {
      byte[] text = tokenizer.bytes(id);
      bytes[id] = text.length;
      space[id] = tokenizer.dropsFirstSpace() && text.length > 0 && text[0] == ' ';
    }
  }

  /**
   * Counts the bytes of tokens {@code from} to before {@code to}.
   *
   * @throws TroupeException (data) where the tokenizer does not know one
   */
  long count(long from, long to) {
    long count = 0;
    int document = documentOf(from);
    for (long at = from; at < to; document++) {
      long end = Math.min(to, stream.documentStart(document + 1));
      if (at < end) {
        count += countInside(at, end, beginsText(document, at));
        at = end;
      }
    }
    return count;
  }

  /** Whether no token of the document before this one stands for text. */
  private boolean beginsText(int document, long at) {
    long start = stream.documentStart(document);
    if (at > start + 1) {
      return false;
    }
    int[] first = new int[1];
    stream.read(start, 1, first, 0);
    return at == start || bytes[known(first[0])] == 0;
  }

  private long countInside(long from, long to, boolean beginsText) {
    int[] tokens = new int[(int) Math.min(CHUNK, to - from)];
    boolean first = beginsText;
    long count = 0;
    for (long at = from; at < to; at += tokens.length) {
      int n = (int) Math.min(tokens.length, to - at);
      stream.read(at, n, tokens, 0);
      for (int i = 0; i < n; i++) {
        int id = known(tokens[i]);
        count += first && space[id] ? bytes[id] - 1 : bytes[id];
        first &= bytes[id] == 0;
      }
    }
    return count;
  }

  private int known(int id) {
    if (id >= bytes.length) {
      throw TroupeException.data(
          "%s has the token id %d, but tokenizer %s has %d ids; give data that was made with it"
              .formatted(stream.name(), id, tokenizer.name(), bytes.length));
    }
    return id;
  }

  /** The last document that begins at or before {@code token}, by bisection. */
  private int documentOf(long token) {
    int low = 0;
    int high = stream.documents();
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (stream.documentStart(middle) <= token) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
