package dev.troupe.collectives.comm.link;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** The connection itself is the link. */
final class TcpWiring implements Wiring {
  @Override
  public String transport() {
    return "tcp";
  }

  @Override
  public Link link(SocketChannel channel, String peer, Deadline deadline) throws IOException {
    channel.configureBlocking(false);
    return new TcpLink(channel, peer);
  }

  @Override
  public void close() {}
}
