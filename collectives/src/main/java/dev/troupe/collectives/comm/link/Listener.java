package dev.troupe.collectives.comm.link;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections of peers, reads their {@link Hello} and brings them to the rank they ask for.
 * One thread accepts; each handshake has a virtual thread, which ends with it.
 */
final class Listener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  /** Connections whose hello has not come yet: these may be anyone's. */
  private static final int MOST_SILENT = 256;

  /** Connections that said hello and wait for their rank. */
  private static final int MOST_WAITING = 4_096;

  private static final int BACKLOG = 1_024;
  private static final long PAUSE_NANOS = 100_000_000;

  private final ServerSocketChannel server;
  private final Desk desk;
  private final Wiring wiring;
  private final LinkSettings settings;
  private final Semaphore silent = new Semaphore(MOST_SILENT);
  private final Semaphore waiting = new Semaphore(MOST_WAITING);
  private final Set<SocketChannel> guests = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;

  /** Binds the address and begins to listen. */
  Listener(InetSocketAddress address, Desk desk, Wiring wiring, LinkSettings settings)
      throws IOException {
    this.desk = desk;
    this.wiring = wiring;
    this.settings = settings;
    this.server = ServerSocketChannel.open();
    try {
      server.bind(address, BACKLOG);
    } catch (IOException e) {
      Sockets.closeQuietly(server);
      throw e;
    }
    this.acceptor = Thread.ofPlatform().name("data-plane-listener").daemon().unstarted(this::serve);
  }

  /** Finds the rank that a hello asks for. */
  interface Desk {
    /**
     * Waits until the rank has opened its end.
     *
     * @return the place for the link, claimed for the caller
     * @throws RefusedException when the hello is wrong, or the deadline has passed
     */
    LinkSlot meet(Hello hello, Deadline deadline) throws RefusedException, InterruptedException;
  }

  /** Begins to accept. */
  void start() {
    acceptor.start();
  }

  int port() {
    return server.socket().getLocalPort();
  }

  private void serve() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        if (silent.tryAcquire()) {
          Thread.ofVirtual().name("data-plane-hello").start(() -> welcome(channel));
        } else {
          LOG.warn("a data-plane connection was dropped: {} others are silent", MOST_SILENT);
          Sockets.closeQuietly(channel);
        }
      } catch (IOException e) {
        if (server.isOpen()) {
          // Out of file descriptors, for example: others may be freed.
          LOG.warn("the data plane could not accept a connection: {}", e.toString());
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
  }

  private void welcome(SocketChannel channel) {
    guests.add(channel);
    boolean linked = false;
    try {
      // A listener that closes after this line closes the channel too.
      linked = server.isOpen() && handshake(channel);
    } catch (EOFException e) {
      LOG.debug("a data-plane connection ended before its hello");
    } catch (IOException e) {
      LOG.warn("data-plane connection from {} refused: {}", remote(channel), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      guests.remove(channel);
      if (!linked) {
        Sockets.closeQuietly(channel);
      }
    }
  }

  private boolean handshake(SocketChannel channel) throws IOException, InterruptedException {
    Hello hello = readHello(channel);
    if (!waiting.tryAcquire()) {
      LOG.warn("a data-plane connection was dropped: {} others wait", MOST_WAITING);
      return false;
    }
    LinkSlot slot;
    try {
      answer(channel, Answer.WAIT);
      slot = desk.meet(hello, Deadline.in(settings.open()));
    } catch (RefusedException e) {
      LOG.warn("data-plane {} refused: {}", hello, e.getMessage());
      answer(channel, e.answer());
      return false;
    } finally {
      waiting.release();
    }
    try {
      answer(channel, Answer.ACCEPTED);
      slot.fill(wiring.link(channel, slot.peer(), Deadline.in(settings.connect())));
      return true;
    } catch (IOException | RuntimeException e) {
      slot.fail("no link to " + slot.peer() + ": " + e.getMessage());
      return false;
    }
  }

  private Hello readHello(SocketChannel channel) throws IOException {
    try {
      Sockets.configure(channel);
      DataInputStream in = Sockets.input(channel, Deadline.in(settings.hello()));
      return Hello.read(in);
    } finally {
      silent.release();
    }
  }

  private static void answer(SocketChannel channel, Answer answer) throws IOException {
    channel.write(ByteBuffer.wrap(new byte[] {(byte) answer.ordinal()}));
  }

  private static String remote(SocketChannel channel) {
    return String.valueOf(channel.socket().getRemoteSocketAddress());
  }

  /** Ends listening and every handshake; links that were made live on. */
  @Override
  public void close() {
    Sockets.closeQuietly(server);
    guests.forEach(Sockets::closeQuietly);
    LockSupport.unpark(acceptor);
  }
}
