package dev.troupe.collectives.comm.link;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;

/** Bytes over one TCP connection, without a copy of our own. */
final class TcpLink implements Link {
  /** Bytes of one system call: other links wait that long, and the data stay in the cache. */
  private static final long PIECE = 1 << 20;

  private final SocketChannel channel;
  private final String peer;

  /** Owns the channel, which is in non-blocking mode. */
  TcpLink(SocketChannel channel, String peer) {
    this.channel = channel;
    this.peer = peer;
  }

  @Override
  public long trySend(MemorySegment data, long offset, long length) {
    try {
      return channel.write(piece(data, offset, length));
    } catch (ClosedChannelException e) {
      throw new LinkException("the link to " + peer + " was closed here", e);
    } catch (IOException e) {
      throw new LinkException("%s is gone: %s".formatted(peer, e.getMessage()), e);
    }
  }

  @Override
  public long poll(MemorySegment into, long offset, long length) {
    int count;
    try {
      count = channel.read(piece(into, offset, length));
    } catch (ClosedChannelException e) {
      throw new LinkException("the link to " + peer + " was closed here", e);
    } catch (IOException e) {
      throw new LinkException("%s is gone: %s".formatted(peer, e.getMessage()), e);
    }
    if (count < 0) {
      throw new LinkException(peer + " is gone: it closed its communicator, or its process ended");
    }
    return count;
  }

  private static ByteBuffer piece(MemorySegment memory, long offset, long length) {
    return memory.asSlice(offset, Math.min(length, PIECE)).asByteBuffer();
  }

  @Override
  public void close() {
    Sockets.closeQuietly(channel);
  }

  @Override
  public void abort() {
    close();
  }
}
