package dev.troupe.collectives.comm.link;

import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.Header;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.agrona.DirectBuffer;

/**
 * Bytes over a publication to and an image from the peer. The TCP connection on which they were
 * agreed stays: its end without a farewell tells at once that the peer's process has ended; after a
 * farewell, what is still on its way is read first.
 */
final class AeronLink implements Link {
  private static final byte FAREWELL = 1;
  private static final int FRAGMENTS = 64;

  /** Idle polls between two looks at the connection, which cost a system call. */
  private static final int LOOK_EVERY = 64;

  /** How long the rest of a closed peer's stream may take, and how long a stream may be broken. */
  private static final long GRACE_NANOS = Duration.ofSeconds(2).toNanos();

  private final ExclusivePublication publication;
  private final Image image;
  private final SocketChannel control;
  private final String peer;
  private final int payload;
  private final BufferClaim claim = new BufferClaim();
  private final ByteBuffer word = ByteBuffer.allocateDirect(1);

  /** The rest of a fragment that did not fit. */
  private final MemorySegment rest;

  private long restStart;
  private long restEnd;

  // The destination of the poll under way.
  private MemorySegment into = MemorySegment.NULL;
  private long at;
  private long end;

  private int idlePolls;
  private boolean farewell;
  private boolean broken;
  private long brokenSince;

  /** Owns all three; the connection is in non-blocking mode. */
  AeronLink(ExclusivePublication publication, Image image, SocketChannel control, String peer) {
    this.publication = publication;
    this.image = image;
    this.control = control;
    this.peer = peer;
    this.payload = publication.maxPayloadLength();
    this.rest = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(image.mtuLength()));
  }

  @Override
  public long trySend(MemorySegment data, long offset, long length) {
    long sent = 0;
    while (sent < length) {
      int piece = (int) Math.min(payload, length - sent);
      long result = publication.tryClaim(piece, claim);
      if (result < 0) {
        checkSent(result);
        break;
      }
      boolean copied = false;
      try {
        long to = claim.buffer().addressOffset() + claim.offset();
        MemorySegment.copy(
            data, offset + sent, MemorySegment.ofAddress(to).reinterpret(piece), 0, piece);
        copied = true;
      } finally {
        if (copied) {
          claim.commit();
        } else {
          claim.abort();
        }
      }
      sent += piece;
    }
    return sent;
  }

  private void checkSent(long result) {
    if (result == Publication.NOT_CONNECTED) {
      suspect();
    } else if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
      throw new LinkException(
          "%s is gone: its stream is %s".formatted(peer, Publication.errorString(result)));
    } else {
      look();
    }
  }

  @Override
  public long poll(MemorySegment memory, long offset, long length) {
    into = memory;
    at = offset;
    end = offset + length;
    long kept = Math.min(restEnd - restStart, length);
    if (kept > 0) {
      MemorySegment.copy(rest, restStart, into, at, kept);
      restStart += kept;
      at += kept;
    }
    if (at < end) {
      image.controlledPoll(this::take, FRAGMENTS);
    }
    into = MemorySegment.NULL;
    long got = at - offset;
    if (got > 0) {
      idlePolls = 0;
      broken = false;
    } else if (image.isClosed()) {
      throw gone();
    } else {
      look();
    }
    return got;
  }

  private Action take(DirectBuffer buffer, int offset, int length, Header header) {
    long room = end - at;
    if (room == 0) {
      return Action.ABORT;
    }
    MemorySegment fragment =
        MemorySegment.ofAddress(buffer.addressOffset() + offset).reinterpret(length);
    long fits = Math.min(room, length);
    MemorySegment.copy(fragment, 0, into, at, fits);
    at += fits;
    if (fits < length) {
      MemorySegment.copy(fragment, fits, rest, 0, length - fits);
      restStart = 0;
      restEnd = length - fits;
      return Action.BREAK;
    }
    return Action.CONTINUE;
  }

  /** Now and then, asks the connection whether the peer is still there. */
  private void look() {
    if (farewell) {
      if (image.isEndOfStream()) {
        throw gone();
      }
      suspect();
    } else if (++idlePolls % LOOK_EVERY == 0) {
      try {
        int count = control.read(word.clear());
        if (count < 0) {
          throw gone();
        }
        farewell = count > 0 && word.get(0) == FAREWELL;
      } catch (IOException e) {
        throw new LinkException("%s is gone: %s".formatted(peer, e.getMessage()), e);
      }
    }
  }

  /** The peer may be gone; certainly, when that lasts. */
  private void suspect() {
    long now = System.nanoTime();
    if (!broken) {
      broken = true;
      brokenSince = now;
    } else if (now - brokenSince > GRACE_NANOS) {
      throw gone();
    }
  }

  private LinkException gone() {
    return new LinkException(peer + " is gone: it closed its communicator, or its process ended");
  }

  @Override
  public void close() {
    try {
      if (control.isOpen()) {
        control.write(ByteBuffer.wrap(new byte[] {FAREWELL}));
      }
    } catch (IOException e) {
      // The peer has gone before; there is no one to take leave of.
    }
    abort();
  }

  @Override
  public void abort() {
    Sockets.closeQuietly(control);
    publication.close();
  }
}
