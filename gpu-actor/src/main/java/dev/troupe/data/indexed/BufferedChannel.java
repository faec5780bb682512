package dev.troupe.data.indexed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A new file that is appended to through a little-endian buffer. Not thread-safe. */
final class BufferedChannel implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  BufferedChannel(Path file) throws IOException {
    this.channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** The buffer, with room for at least {@code bytes} more; what is put there is appended. */
  ByteBuffer room(int bytes) throws IOException {
    if (buffer.remaining() < bytes) {
      flush();
    }
    return buffer;
  }

  /** Writes out what was appended. */
  void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /** Reads up to {@code limit} flushed bytes at a position, and returns how many. */
  int read(ByteBuffer dst, long position, long limit) throws IOException {
    dst.limit((int) Math.min(dst.capacity(), limit));
    while (dst.hasRemaining() && channel.read(dst, position + dst.position()) >= 0) {
      // A read may give less than asked for.
    }
    return dst.position();
  }

  /** Overwrites flushed bytes at a position. */
  void write(ByteBuffer src, long position) throws IOException {
    long start = position - src.position();
    while (src.hasRemaining()) {
      channel.write(src, start + src.position());
    }
  }

  /** Makes all that was appended durable, and closes the file. */
  void finish() throws IOException {
    flush();
    channel.force(true);
    channel.close();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
