package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.reduce.Reducer;
import dev.troupe.collectives.device.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The reduction of this rank's slice. What peers send goes to a ring of memory a peer, and is
 * reduced, in rank order, as soon as every peer's bytes of a chunk are there. A full ring is not
 * read from, so its peer waits for the slowest.
 */
final class Reduction implements LongSupplier {
  /** Bytes of a ring: what a fast peer may be ahead of a slow one. */
  private static final long RING = 512 << 10;

  /** Reduced at once, and then sent: small enough to stay in the cache. */
  private static final long CHUNK = 64 << 10;

  private static final long ALIGNMENT = 64;

  private final int rank;
  private final MemorySegment[] rings;
  private final long[] received;
  private final Reducer reducer;
  private MemorySegment own = MemorySegment.NULL;
  private long ownStart;
  private MemorySegment target = MemorySegment.NULL;
  private long targetStart;
  private DataType type = DataType.INT8;
  private ReduceOp op = ReduceOp.SUM;
  private int contributors;
  private boolean adds;
  private long total;
  private long reduced;

  /** Allocates the rings, which live as long as the arena. */
  Reduction(int rank, int size, Arena arena) {
    this.rank = rank;
    this.rings = new MemorySegment[size];
    this.received = new long[size];
    this.reducer = new Reducer(size + 1);
    for (int peer = 0; peer < size; peer++) {
      rings[peer] = peer == rank ? MemorySegment.NULL : arena.allocate(RING, ALIGNMENT);
    }
  }

  /** Nothing to reduce, and no memory held. */
  void clear() {
    total = 0;
    reduced = 0;
    contributors = 0;
    own = MemorySegment.NULL;
    target = MemorySegment.NULL;
  }

  /** Begins a reduction of {@code bytes} of every rank up to {@code contributors}. */
  void begin(DataType type, ReduceOp op, int contributors, long bytes) {
    this.type = type;
    this.op = op;
    this.contributors = contributors;
    this.total = bytes;
    this.reduced = 0;
    Arrays.fill(received, 0);
  }

  /** Where this rank's own contribution lies. */
  void own(MemorySegment memory, long start) {
    own = memory;
    ownStart = start;
  }

  /** Where the result goes; with {@code adds}, what is there is the first operand. */
  void target(MemorySegment memory, long start, boolean adds) {
    target = memory;
    targetStart = start;
    this.adds = adds;
  }

  /** Bytes of the result that are there. */
  @Override
  public long getAsLong() {
    return reduced;
  }

  boolean isDone() {
    return reduced == total;
  }

  boolean hasAll(int peer) {
    return peer >= contributors || received[peer] == total;
  }

  /** Receives what has come from a peer and fits its ring; whether that was anything. */
  boolean receive(int peer, Link link) {
    if (hasAll(peer)) {
      return false;
    }
    long at = received[peer] % RING;
    long room = Math.min(RING - (received[peer] - reduced), RING - at);
    long wanted = Math.min(room, total - received[peer]);
    if (wanted == 0) {
      return false;
    }
    long got = link.poll(rings[peer], at, wanted);
    received[peer] += got;
    return got > 0;
  }

  /** Reduces what has come from all, if that is a chunk or the rest; whether it was. */
  boolean reduce() {
    long ready = total;
    for (int peer = 0; peer < contributors; peer++) {
      if (peer != rank) {
        ready = Math.min(ready, received[peer]);
      }
    }
    long bytes = ready - reduced;
    if (bytes == 0 || bytes < CHUNK && ready < total) {
      return false;
    }
    // Ends of rings are ends of elements, as a ring is a multiple of every element's size.
    bytes = Math.min(bytes, Math.min(CHUNK, RING - reduced % RING));
    bytes -= bytes % type.bytes();
    reducer.clear();
    if (adds) {
      reducer.from(target, targetStart + reduced);
    }
    for (int source = 0; source < contributors; source++) {
      if (source == rank) {
        reducer.from(own, ownStart + reduced);
      } else {
        reducer.from(rings[source], reduced % RING);
      }
    }
    reducer.to(target, targetStart + reduced);
    reducer.reduce(type, op, bytes / type.bytes());
    reduced += bytes;
    return true;
  }
}
