package dev.troupe.data.prepare;

import java.io.Closeable;
import java.io.IOException;

/** The pieces of one input, in order. Not thread-safe. */
interface Pieces extends Closeable {
  /** The next piece; not called after the last, which says so. */
  Piece next() throws IOException;

  /** Up to where the input was read, as messages name it. */
  String place();
}
