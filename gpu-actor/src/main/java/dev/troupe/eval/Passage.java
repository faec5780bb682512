package dev.troupe.eval;

/**
 * Tokens of which the last are scored, each given all that come before it.
 *
 * @param tokens at least 2; not to be changed
 * @param scored how many are scored: not the first one, which nothing comes before
 */
public record Passage(int[] tokens, int scored) {
  /** Checks that what is scored has something before it. */
  public Passage {
    if (scored < 1 || scored >= tokens.length) {
      throw new IllegalArgumentException("scored %d of %d tokens".formatted(scored, tokens.length));
    }
  }

  /** Positions that a model computes for it. */
  public int inputs() {
    return tokens.length - 1;
  }
}
