package dev.troupe.checkpoint;

/**
 * Where a part of the state lies in a rank's data file.
 *
 * @param kind what it is
 * @param region where it belongs
 * @param offset its first byte, counted from the start of the file
 * @param sha256 hash of its bytes
 */
record Slice(StateKind kind, Region region, long offset, String sha256) {
  Slice {
    Sha256.requireHex(sha256);
  }

  long end() {
    return Math.addExact(offset, region.bytes());
  }

  @Override
  public String toString() {
    return kind + " of " + region;
  }
}
