package dev.troupe.proto.spec;

import java.util.List;

/**
 * A record was given a value that it cannot hold. The message names the job key, the value and the
 * remedy; {@link #keys} lets whoever read the values say where each was written.
 */
public final class InvalidFieldException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a List.of copy, which is serialisable
  private final List<String> keys;

  InvalidFieldException(String message, String... keys) {
    super(message);
    this.keys = List.of(keys);
  }

  /** Job keys that the message speaks of, the one at fault first. */
  public List<String> keys() {
    return keys;
  }
}
