package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.comm.call.Signature;

/**
 * Who sends how much to whom in a collective: first what a rank has from the start, then what it
 * has only in the course of the collective. All in bytes of the view that is cut.
 *
 * @param signature of the rank that sends
 * @param size ranks in the group
 */
record Shares(Signature signature, int size) {
  /** Slices begin at a cache line of the view. */
  private static final long LINE = 64;

  /** Bytes of the rank's whole view. */
  long bytes() {
    return signature.count() * signature.type().bytes();
  }

  /** Bytes of one of {@code size} equal blocks of the view. */
  long block() {
    return bytes() / size;
  }

  /** First byte of the slice of an all-reduce or broadcast that {@code rank} deals with. */
  long sliceStart(int rank) {
    int parts = size;
    int part = rank;
    if (signature.kind() == Signature.Kind.BROADCAST) {
      // The root has everything already.
      parts = size - 1;
      part = rank > signature.argument() ? rank - 1 : rank;
    }
    long each = Math.ceilDiv(Math.ceilDiv(bytes(), parts), LINE) * LINE;
    return Math.min(bytes(), part * each);
  }

  /** Bytes of that slice. */
  long slice(int rank) {
    int next = rank + 1;
    boolean broadcast = signature.kind() == Signature.Kind.BROADCAST;
    if (broadcast && next == signature.argument()) {
      next++;
    }
    return (next >= size ? bytes() : sliceStart(next)) - sliceStart(rank);
  }

  /** Bytes that {@code from} can send to {@code to} at once. */
  long first(int from, int to) {
    return switch (signature.kind()) {
      case ALL_REDUCE_SUM, ALL_REDUCE_MAX, ALL_REDUCE_MIN -> slice(to);
      case REDUCE_SCATTER, ALL_TO_ALL -> block();
      case REDUCE_SCATTER_ADD -> from < signature.argument() ? block() : 0;
      case ALL_GATHER -> bytes();
      case BROADCAST -> from == signature.argument() ? slice(to) : 0;
      case BARRIER -> 0;
    };
  }

  /** Where in the view of {@code from} these bytes begin. */
  long firstStart(int to) {
    return switch (signature.kind()) {
      case ALL_REDUCE_SUM, ALL_REDUCE_MAX, ALL_REDUCE_MIN, BROADCAST -> sliceStart(to);
      case REDUCE_SCATTER, REDUCE_SCATTER_ADD, ALL_TO_ALL -> to * block();
      case ALL_GATHER, BARRIER -> 0;
    };
  }

  /** Bytes that {@code from} sends to {@code to} once it has them: its own slice, done. */
  long second(int from, int to) {
    return switch (signature.kind()) {
      case ALL_REDUCE_SUM, ALL_REDUCE_MAX, ALL_REDUCE_MIN -> slice(from);
      case BROADCAST ->
          from != signature.argument() && to != signature.argument() ? slice(from) : 0;
      case REDUCE_SCATTER, REDUCE_SCATTER_ADD, ALL_GATHER, ALL_TO_ALL, BARRIER -> 0;
    };
  }
}
