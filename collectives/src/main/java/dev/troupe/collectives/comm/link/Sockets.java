package dev.troupe.collectives.comm.link;

import java.io.DataInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every connection of the data plane has in common. */
final class Sockets {
  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

  /** With one second of silence before the first, a vanished host is noticed in three seconds. */
  private static final int KEEP_ALIVE_PROBES = 2;

  private Sockets() {}

  /** Sets the options of a new connection. */
  static void configure(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    if (channel.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
      channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 1);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 1);
      channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_PROBES);
    }
    // Buffer sizes are left to the system: to set them would end its own tuning, which goes higher
    // than what a process may ask for.
  }

  /** Reads that fail once the deadline has passed, however slowly bytes drip in. Unbuffered. */
  static DataInputStream input(SocketChannel channel, Deadline deadline) throws IOException {
    Socket socket = channel.socket();
    InputStream in = socket.getInputStream();
    return new DataInputStream(
        new FilterInputStream(in) {
          @Override
          public int read() throws IOException {
            socket.setSoTimeout(deadline.millisLeft());
            return super.read();
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            socket.setSoTimeout(deadline.millisLeft());
            return super.read(bytes, offset, length);
          }
        });
  }

  static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing a connection failed", e);
    }
  }
}
