package dev.troupe.collectives.comm.link;

import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;

/** A range of memory on its way over a link, in either direction; used again and again. */
final class Part implements LongSupplier {
  private static final LongSupplier ALL = () -> Long.MAX_VALUE;

  private MemorySegment memory = MemorySegment.NULL;
  private long offset;
  private long length;
  private long moved;
  private LongSupplier ready = ALL;

  /** A range that may move at once. */
  void set(MemorySegment memory, long offset, long length) {
    set(memory, offset, length, ALL);
  }

  /** A range of which the first {@code ready} bytes, a number that grows, may move. */
  void set(MemorySegment memory, long offset, long length, LongSupplier ready) {
    this.memory = memory;
    this.offset = offset;
    this.length = length;
    this.moved = 0;
    this.ready = ready;
  }

  /** Nothing to move, and no memory held. */
  void clear() {
    set(MemorySegment.NULL, 0, 0);
  }

  boolean isDone() {
    return moved == length;
  }

  /** Bytes moved so far. */
  @Override
  public long getAsLong() {
    return moved;
  }

  /** Sends what is ready and fits; whether that was anything. */
  boolean send(Link link) {
    long now = Math.min(length, ready.getAsLong()) - moved;
    if (now <= 0) {
      return false;
    }
    long sent = link.trySend(memory, offset + moved, now);
    moved += sent;
    return sent > 0;
  }

  /** Receives what has come; whether that was anything. */
  boolean receive(Link link) {
    if (isDone()) {
      return false;
    }
    long got = link.poll(memory, offset + moved, length - moved);
    moved += got;
    return got > 0;
  }
}
