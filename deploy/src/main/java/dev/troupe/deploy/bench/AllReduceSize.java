package dev.troupe.deploy.bench;

/**
 * An all-reduce to time.
 *
 * @param bytes size of one rank's data
 * @param iterations timed calls
 */
record AllReduceSize(long bytes, int iterations) {
  /** Bytes that all calls of one size reduce, about: enough for a median. */
  private static final long TOTAL_BYTES = 1L << 30;

  private static final int LEAST = 20;
  private static final int MOST = 20_000;

  /** So many calls that a size takes a second or so. */
  static AllReduceSize of(long bytes) {
    return new AllReduceSize(bytes, (int) Math.clamp(TOTAL_BYTES / bytes, LEAST, MOST));
  }

  /** The same size with at most so many calls. */
  AllReduceSize atMost(int calls) {
    return new AllReduceSize(bytes, Math.min(iterations, calls));
  }

  /** Reads what {@link #toString} writes. */
  static AllReduceSize parse(String text) {
    String[] parts = text.split(":", 2);
    return new AllReduceSize(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
  }

  /** As the peers' programs take it. */
  @Override
  public String toString() {
    return bytes + ":" + iterations;
  }
}
