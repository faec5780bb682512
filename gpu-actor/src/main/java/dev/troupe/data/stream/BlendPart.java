package dev.troupe.data.stream;

/**
 * A source of a blend.
 *
 * @param name what metrics call it
 * @param weight its share of the samples, in proportion to the others'
 * @param epochs how often it may be read at most; 0: any number of times
 * @param stream its tokens
 */
public record BlendPart(String name, double weight, double epochs, TokenStream stream) {
  /** A source that is all there is. */
  public static BlendPart alone(TokenStream stream) {
    return new BlendPart("", 1, 0, stream);
  }

  /** The same source with other tokens. */
  public BlendPart with(TokenStream other) {
    return new BlendPart(name, weight, epochs, other);
  }
}
