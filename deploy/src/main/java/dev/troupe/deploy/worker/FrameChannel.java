package dev.troupe.deploy.worker;

import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Frames over a stream socket: four bytes of length (big-endian), then the frame. Any thread may
 * send; one receives.
 */
final class FrameChannel implements AutoCloseable {
  private static final int LARGEST_FRAME = 64 << 20;

  private final SocketChannel socket;
  private final ByteBuffer header = ByteBuffer.allocate(Integer.BYTES);

  /** Frames over a connected, blocking socket, which it owns from now on. */
  FrameChannel(SocketChannel socket) {
    this.socket = socket;
  }

  /**
   * Sends a frame.
   *
   * @throws IOException when the peer is gone
   */
  synchronized void send(byte[] frame) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + frame.length);
    bytes.putInt(frame.length).put(frame).flip();
    while (bytes.hasRemaining()) {
      socket.write(bytes);
    }
  }

  /**
   * Waits for a frame; null when the peer has closed.
   *
   * @throws TroupeException of category peer where the length is not one of a frame
   */
  byte @Nullable [] receive() throws IOException {
    header.clear();
    if (!fill(header)) {
      return null;
    }
    int length = header.flip().getInt();
    if (length < 0 || length > LARGEST_FRAME) {
      throw TroupeException.peer("a frame of " + length + " bytes: not a peer of this protocol");
    }
    ByteBuffer frame = ByteBuffer.allocate(length);
    return fill(frame) ? frame.array() : null;
  }

  private boolean fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (socket.read(buffer) < 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
