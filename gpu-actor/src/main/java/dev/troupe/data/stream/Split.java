package dev.troupe.data.stream;

import dev.troupe.proto.error.TroupeException;

/**
 * A stream cut into a part to train on and a held-out part after it.
 *
 * <p>Whole documents are held out: the last {@code fraction} of them, at least one. Where documents
 * are few and long, that would take away much more than was asked for; so a split that would hold
 * out more than a quarter of the tokens, and more than twice the fraction, cuts inside a document
 * and holds out the last {@code fraction} of the tokens. A single text file is such a case.
 *
 * @param train the first part
 * @param heldOut the rest
 */
public record Split(TokenStream train, TokenStream heldOut) {
  private static final double LARGE_SHARE = 0.25;

  /**
   * Splits a stream.
   *
   * @param fraction share that is held out, in (0, 1)
   * @throws TroupeException (data) if a part would be empty
   */
  public static Split of(TokenStream stream, double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException("fraction " + fraction + " is outside (0, 1)");
    }
    int documents = stream.documents();
    int firstHeldOut = documents - heldOutDocuments(documents, fraction);
    long cut = stream.documentStart(firstHeldOut);
    double share = (stream.tokens() - cut) / (double) stream.tokens();
    if (share > Math.max(LARGE_SHARE, 2 * fraction) || cut == 0 || cut == stream.tokens()) {
      cut = stream.tokens() - Math.max(1, (long) (fraction * stream.tokens()));
    }
    if (cut == 0 || cut == stream.tokens()) {
      throw TroupeException.data(
          ("%s has %d tokens, too few to hold some out for validation; give more text, or"
                  + " data.validation.path, or set data.validation.fraction=0")
              .formatted(stream.name(), stream.tokens()));
    }
    return new Split(
        slice(stream, "the training part of ", 0, cut),
        slice(stream, "the held-out part of ", cut, stream.tokens()));
  }

  /** How many of {@code documents} a {@code fraction} holds out. */
  public static int heldOutDocuments(int documents, double fraction) {
    return Math.max(1, (int) (fraction * documents));
  }

  private static TokenSlice slice(TokenStream stream, String part, long from, long to) {
    int first = stream.documentOf(from);
    int last = stream.documentOf(to - 1);
    return new TokenSlice(part + stream.name(), stream, from, to - from, first, last - first + 1);
  }
}
