package dev.troupe.data.prepare;

import dev.troupe.data.digest.Fingerprint;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Something to read documents from.
 *
 * @param name what messages call it
 * @param path the file; null for standard input
 * @param format how documents lie in it
 * @param packing how it is compressed
 * @param bytes its size as it lies on disk; 0 for standard input
 * @param modifiedNanos when it was last modified, in nanoseconds since 1970
 */
record Input(
    String name,
    @Nullable Path path,
    InputFormat format,
    Packing packing,
    long bytes,
    long modifiedNanos) {

  /** How an input is compressed. */
  enum Packing {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst");

    private final String suffix;

    Packing(String suffix) {
      this.suffix = suffix;
    }

    String suffix() {
      return suffix;
    }
  }

  /** Of all but the contents: a file that was changed gives another one. */
  String fingerprint() {
    return new Fingerprint()
        .add(name)
        .add(format.name())
        .add(packing.name())
        .add(bytes)
        .add(modifiedNanos)
        .hex();
  }
}
