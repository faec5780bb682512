package dev.troupe.collectives.comm.link;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What goes to and comes from one peer in one operation, in this order in both directions: a
 * header; the first data, of which up to {@link #EAGER} bytes follow the header at once and the
 * rest when all ranks agree about the operation; the second data.
 */
final class Traffic {
  /** Data that are sent before the ranks have agreed, so that short operations wait but once. */
  private static final long EAGER = 16 << 10;

  private final int peer;
  private final Link link;
  private final Reduction reduction;
  private final MemorySegment opening;
  private final MemorySegment heading;
  private final MemorySegment dismissed;
  private final Part openingOut = new Part();
  private final Part firstOut = new Part();
  private final Part secondOut = new Part();
  private final Part headingIn = new Part();
  private final Part firstIn = new Part();
  private final Part secondIn = new Part();
  private @Nullable Header header;

  /**
   * For one peer of a communicator.
   *
   * @param peer index in the group
   * @param reduction takes the first data of an operation that reduces
   */
  Traffic(int peer, Link link, Reduction reduction, Arena arena) {
    this.peer = peer;
    this.link = link;
    this.reduction = reduction;
    this.opening = arena.allocate(Header.BYTES + EAGER, Header.BYTES);
    this.heading = arena.allocate(Header.BYTES, Header.BYTES);
    this.dismissed = arena.allocate(EAGER);
  }

  /** Prepares an operation with {@code length} bytes of first data to send. */
  void begin(Header own, MemorySegment data, long start, long length) {
    long eager = Math.min(EAGER, length);
    own.write(opening);
    MemorySegment.copy(data, start, opening, Header.BYTES, eager);
    openingOut.set(opening, 0, Header.BYTES + eager);
    firstOut.set(data, start + eager, length - eager);
    secondOut.clear();
    header = null;
    headingIn.set(heading, 0, Header.BYTES);
    firstIn.clear();
    secondIn.clear();
  }

  Part firstOut() {
    return firstOut;
  }

  Part secondOut() {
    return secondOut;
  }

  Part firstIn() {
    return firstIn;
  }

  Part secondIn() {
    return secondIn;
  }

  /** The peer's side of the operation, once it has come. */
  @Nullable Header header() {
    return header;
  }

  /** Before the ranks agree; whether anything moved. */
  boolean open(String name) {
    boolean moved = openingOut.send(link);
    if (header == null) {
      moved |= headingIn.receive(link);
      if (headingIn.isDone()) {
        header = Header.read(heading, name);
      }
    }
    return moved;
  }

  boolean isOpened() {
    return header != null && openingOut.isDone();
  }

  /**
   * After ranks disagreed: throws away what the peer, which sends so much, sent with its header.
   */
  void dismiss(long first) {
    firstIn.set(dismissed, 0, Math.min(EAGER, first));
    firstOut.clear();
  }

  /** Sends what can go; whether anything could. */
  boolean send() {
    boolean moved = openingOut.send(link);
    if (openingOut.isDone()) {
      moved |= firstOut.send(link);
      if (firstOut.isDone()) {
        moved |= secondOut.send(link);
      }
    }
    return moved;
  }

  /** Receives what has come; whether anything had. */
  boolean receive() {
    boolean moved = reduction.receive(peer, link);
    if (reduction.hasAll(peer)) {
      moved |= firstIn.receive(link);
      if (firstIn.isDone()) {
        moved |= secondIn.receive(link);
      }
    }
    return moved;
  }

  boolean isDone() {
    return openingOut.isDone()
        && firstOut.isDone()
        && secondOut.isDone()
        && reduction.hasAll(peer)
        && firstIn.isDone()
        && secondIn.isDone();
  }
}
