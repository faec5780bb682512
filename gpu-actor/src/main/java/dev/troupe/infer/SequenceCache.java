package dev.troupe.infer;

import dev.troupe.model.KeyValueCache;
import java.util.List;

/**
 * Keys and values of one sequence's positions, a part on every rank. Owns its memory. Used by one
 * thread at a time.
 */
public final class SequenceCache implements AutoCloseable {
  private final List<KeyValueCache> parts;

  SequenceCache(List<KeyValueCache> parts) {
    this.parts = List.copyOf(parts);
  }

  KeyValueCache part(int rank) {
    return parts.get(rank);
  }

  /** Positions seen so far. */
  public int length() {
    return parts.getFirst().length();
  }

  /** Positions there is room for. */
  public int capacity() {
    return parts.getFirst().capacity();
  }

  @Override
  public void close() {
    parts.forEach(KeyValueCache::close);
  }
}
