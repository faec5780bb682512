package dev.troupe.collectives.comm.link;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;

/**
 * Connects to peers: tries again until the peer's listener answers, says hello, waits until the
 * peer's rank is there, and fills the slot. A virtual thread an attempt.
 */
final class Dialer {
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final Wiring wiring;
  private final LinkSettings settings;

  Dialer(Wiring wiring, LinkSettings settings) {
    this.wiring = wiring;
    this.settings = settings;
  }

  /** The kind of links that it makes. */
  String transport() {
    return wiring.transport();
  }

  /** Begins to fill {@code slot}, which the caller has claimed; returns at once. */
  void dial(LinkSlot slot, Endpoint endpoint, Hello hello) {
    Thread thread =
        Thread.ofVirtual().name("data-plane-dial").unstarted(() -> run(slot, endpoint, hello));
    slot.dialedBy(thread);
    thread.start();
  }

  private void run(LinkSlot slot, Endpoint endpoint, Hello hello) {
    SocketChannel channel = null;
    boolean linked = false;
    try {
      channel = connect(endpoint, hello);
      awaitAcceptance(channel);
      slot.fill(wiring.link(channel, slot.peer(), Deadline.in(settings.connect())));
      linked = true;
    } catch (RefusedException e) {
      slot.fail("%s refused the link: %s".formatted(slot.peer(), e.getMessage()));
    } catch (IOException | RuntimeException e) {
      slot.fail("no link to %s: %s".formatted(slot.peer(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (channel != null && !linked) {
        Sockets.closeQuietly(channel);
      }
    }
  }

  /** A connection on which the peer's process has heard our hello. */
  private SocketChannel connect(Endpoint endpoint, Hello hello)
      throws IOException, InterruptedException, RefusedException {
    Deadline deadline = Deadline.in(settings.connect());
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      String problem;
      try {
        return tryConnect(endpoint, hello, deadline);
      } catch (IOException e) {
        problem =
            e instanceof UnknownHostException ? "unknown host" : String.valueOf(e.getMessage());
      }
      if (deadline.hasPassed()) {
        throw new ConnectException(
            "nothing answered within %s s (%s); is its process alive, and may this host reach %s?"
                .formatted(settings.connect().toMillis() / 1e3, problem, endpoint));
      }
      // An interrupt, which means that the slot was closed, ends the sleep at once.
      Thread.sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }

  private static SocketChannel tryConnect(Endpoint endpoint, Hello hello, Deadline deadline)
      throws IOException, RefusedException {
    SocketChannel channel = SocketChannel.open();
    SocketChannel connected = null;
    try {
      InetSocketAddress address = endpoint.resolve();
      if (address.isUnresolved()) {
        throw new UnknownHostException(endpoint.host());
      }
      channel.socket().connect(address, deadline.millisLeft());
      Sockets.configure(channel);
      hello.write(new DataOutputStream(channel.socket().getOutputStream()));
      require(Answer.WAIT, Answer.read(Sockets.input(channel, deadline)));
      connected = channel;
    } finally {
      if (connected == null) {
        Sockets.closeQuietly(channel);
      }
    }
    return connected;
  }

  private void awaitAcceptance(SocketChannel channel) throws IOException, RefusedException {
    DataInputStream in =
        Sockets.input(channel, Deadline.in(settings.open().plus(settings.hello())));
    require(Answer.ACCEPTED, Answer.read(in));
  }

  private static void require(Answer expected, Answer answer) throws RefusedException {
    if (answer != expected) {
      throw new RefusedException(answer);
    }
  }
}
