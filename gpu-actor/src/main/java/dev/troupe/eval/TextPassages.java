package dev.troupe.eval;

import java.util.Iterator;

/** A text's passages, to be gone through once. Not thread-safe. */
public interface TextPassages extends Iterator<Passage> {
  /** Tokens that the passages score in all. */
  long targets();

  /** UTF-8 bytes of the text that the scored tokens stand for. */
  long bytes();
}
