package dev.troupe.proto.message;

/**
 * A value and the ranks that found it.
 *
 * @param value the value
 * @param ranks the ranks, at least one
 * @param <T> immutable, with equality by value
 */
public record Vote<T>(T value, RankSet ranks) {
  /** Checks that someone voted. */
  public Vote {
    if (ranks.isEmpty()) {
      throw new IllegalArgumentException("a vote of no rank: " + value);
    }
  }
}
