package dev.troupe.train;

import java.io.IOException;
import java.nio.file.Path;

/** A rank's state at a committed step, in host memory of its own; any one thread may write it. */
public interface Snapshot extends AutoCloseable {
  /** The committed step. */
  long step();

  /** Writes this rank's files into {@code folder}, which exists, and makes them durable. */
  void write(Path folder) throws IOException;

  /** Frees the copy. */
  @Override
  void close();
}
