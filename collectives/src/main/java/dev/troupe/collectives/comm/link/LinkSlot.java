package dev.troupe.collectives.comm.link;

import org.jspecify.annotations.Nullable;

/**
 * The place of one link in a communicator: empty, then linked, then closed; or failed. Filled by a
 * handshake's thread, read by the rank's, closed by any. Thread-safe.
 */
final class LinkSlot {
  private final String peer;
  private volatile @Nullable Link link;
  private volatile @Nullable String failure;
  private boolean claimed;
  private boolean closed;
  private @Nullable Thread dialer;

  /** An empty place for a link to {@code peer}, a name for people. */
  LinkSlot(String peer) {
    this.peer = peer;
  }

  String peer() {
    return peer;
  }

  /** Reserves the place for one connection; false when another has it. */
  synchronized boolean claim() {
    boolean free = !claimed && !closed;
    claimed |= free;
    return free;
  }

  /** Names the thread that connects, which {@link #close} then interrupts. */
  synchronized void dialedBy(Thread thread) {
    dialer = thread;
    if (closed) {
      thread.interrupt();
    }
  }

  /** Puts the link in its place, or ends it when the place is closed. */
  synchronized void fill(Link established) {
    if (closed) {
      established.abort();
    } else {
      link = established;
    }
    dialer = null;
  }

  /** Tells that there will be no link. */
  synchronized void fail(String reason) {
    if (!closed && failure == null) {
      failure = reason;
    }
    dialer = null;
  }

  /** The link, or null while there is none; throws when there will be none. */
  @Nullable Link link() {
    String reason = failure;
    if (reason != null) {
      throw new LinkException(reason);
    }
    return link;
  }

  /** Ends the link, or the attempt to make one; idempotent. */
  synchronized void close(boolean abort) {
    if (closed) {
      return;
    }
    closed = true;
    Link established = link;
    if (established != null && abort) {
      established.abort();
    } else if (established != null) {
      established.close();
    }
    if (dialer != null) {
      dialer.interrupt();
    }
  }
}
