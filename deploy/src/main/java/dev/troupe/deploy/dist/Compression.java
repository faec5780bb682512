package dev.troupe.deploy.dist;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** How an archive is compressed; the same contents give the same bytes. */
interface Compression {
  /** Writes a stream of bytes. */
  @FunctionalInterface
  interface Contents {
    void to(OutputStream out) throws IOException;
  }

  /** Writes compressed contents to a new file. */
  void write(Contents contents, Path file) throws IOException;
}
