package dev.troupe.data.testing;

import dev.troupe.data.stream.TokenStream;

/** Reads of test streams. */
public final class Streams {
  private Streams() {}

  /** All tokens. */
  public static int[] all(TokenStream stream) {
    int[] tokens = new int[(int) stream.tokens()];
    stream.read(0, tokens.length, tokens, 0);
    return tokens;
  }

  /** The tokens of one document. */
  public static int[] document(TokenStream stream, int document) {
    long start = stream.documentStart(document);
    int[] tokens = new int[(int) (stream.documentStart(document + 1) - start)];
    stream.read(start, tokens.length, tokens, 0);
    return tokens;
  }
}
