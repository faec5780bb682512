package dev.troupe.checkpoint;

import java.util.List;
import java.util.Locale;

/**
 * A rank's data file and what is in it: the header, then the slices without a hole to the end, so
 * that the hashes cover every byte.
 *
 * @param rank the rank that wrote it
 * @param name the file's name, which the rank alone decides: a name that was read never becomes a
 *     path
 * @param size its size in bytes
 * @param headerBytes bytes before the first slice
 * @param headerSha256 hash of those
 * @param slices the slices in the order of their bytes
 */
record ShardFile(
    int rank, String name, long size, long headerBytes, String headerSha256, List<Slice> slices) {
  ShardFile {
    slices = List.copyOf(slices);
    Sha256.requireHex(headerSha256);
    if (rank < 0 || !name.equals(dataName(rank))) {
      throw new IllegalArgumentException(
          "rank " + rank + " has no file \"" + name + "\" but " + dataName(rank));
    }
    long at = headerBytes;
    for (Slice slice : slices) {
      if (slice.offset() != at) {
        throw new IllegalArgumentException(
            "%s begins at byte %d, not at %d".formatted(slice, slice.offset(), at));
      }
      at = slice.end();
    }
    if (headerBytes < 0 || at != size) {
      throw new IllegalArgumentException(
          "the slices of %s end at byte %d of %d".formatted(name, at, size));
    }
  }

  /** Name of a rank's data file. */
  static String dataName(int rank) {
    return String.format(Locale.ROOT, "rank-%05d.safetensors", rank);
  }

  /** Name of the file that says what is in a rank's data file. */
  static String indexName(int rank) {
    return String.format(Locale.ROOT, "rank-%05d.json", rank);
  }
}
