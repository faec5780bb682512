package dev.troupe.data.text;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * One file of a corpus.
 *
 * @param path where it is
 * @param kind how documents lie in it
 * @param bytes its size
 * @param modifiedNanos when it was last modified, in nanoseconds since 1970
 */
record TextFile(Path path, Kind kind, long bytes, long modifiedNanos) {

  /** How documents lie in a file. */
  enum Kind {
    /** The whole file is one document. */
    TEXT(".txt"),
    /** Each line is a JSON object with a document in its field "text". */
    JSONL(".jsonl");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }

    /** The kind of a file by the end of its name, in any case of letters. */
    static Optional<Kind> of(Path path) {
      String name = path.toString().toLowerCase(Locale.ROOT);
      for (Kind kind : values()) {
        if (name.endsWith(kind.suffix)) {
          return Optional.of(kind);
        }
      }
      return Optional.empty();
    }
  }
}
