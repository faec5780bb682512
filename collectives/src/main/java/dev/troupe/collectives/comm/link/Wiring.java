package dev.troupe.collectives.comm.link;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Makes a link of a connection on which both sides know and trust each other. Thread-safe. */
interface Wiring extends AutoCloseable {
  /** Names the kind of link; both sides must make the same. */
  String transport();

  /**
   * Called on both sides, which talk to each other over the connection as they need. The link owns
   * the connection from then on.
   *
   * @param channel connected and in blocking mode
   * @param peer name of the peer for people
   * @throws IOException when it cannot be made before the deadline
   */
  Link link(SocketChannel channel, String peer, Deadline deadline)
      throws IOException, InterruptedException;

  /** Frees what links share. */
  @Override
  void close();
}
