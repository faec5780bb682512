package dev.troupe.model;

/**
 * New positions of one sequence.
 *
 * @param cache what the sequence has so far; the positions are appended to it
 * @param count how many, 1 or more
 */
public record Span(KeyValueCache cache, int count) {
  /** Checks that the cache has room. */
  public Span {
    if (count < 1 || count > cache.capacity() - cache.length()) {
      throw new IndexOutOfBoundsException(
          "%d more positions; the cache has %d of %d"
              .formatted(count, cache.length(), cache.capacity()));
    }
  }
}
