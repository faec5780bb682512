package dev.troupe.collectives.comm.link;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.ExclusivePublication;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Links over Aeron: a publication each way. A process has one Aeron client and one subscription, at
 * a UDP port of its own. Over the TCP connection, both sides tell each other that address and then
 * the session of their publication, so only streams that a trusted peer announced are ever read.
 */
final class AeronWiring implements Wiring {
  private static final Logger LOG = LoggerFactory.getLogger(AeronWiring.class);
  private static final int STREAM = 7_001;

  /** A link takes a few turns of the client's conductor, which else sleeps 16 ms between them. */
  private static final long CONDUCTOR_MILLIS = 4;

  /**
   * A publication's log is three terms long, and so is its image's; its window is at most half a
   * term.
   */
  private static final int TERM_BYTES = 4 << 20;

  private static final int WINDOW_BYTES = TERM_BYTES / 2;
  private static final int IP_AND_UDP_BYTES = 48;
  private static final int LEAST_MTU = 8_192;
  private static final int MOST_MTU = 65_504;
  private static final int FRAME_ALIGNMENT = 32;
  private static final int READY = 1;
  private static final long LOOK_MILLIS = 1;

  private final Endpoint local;
  private final Aeron aeron;
  private final Subscription subscription;

  /** Connects to the driver in {@code directory}. */
  AeronWiring(String host, Path directory, LinkSettings settings) {
    try {
      aeron =
          Aeron.connect(
              new Aeron.Context()
                  .aeronDirectoryName(directory.toString())
                  .idleStrategy(new SleepingMillisIdleStrategy(CONDUCTOR_MILLIS))
                  .errorHandler(e -> LOG.warn("aeron: {}", e.toString())));
    } catch (AeronException e) {
      throw new TroupeException(
          Category.RESOURCE,
          "no Aeron media driver at %s: %s; start one, or use TCP"
              .formatted(directory, e.getMessage()),
          e);
    }
    try {
      subscription = aeron.addSubscription(channel(new Endpoint(host, 0)), STREAM);
      local = new Endpoint(host, awaitPort(Deadline.in(settings.hello())));
    } catch (AeronException | IOException e) {
      aeron.close();
      throw new TroupeException(
          Category.RESOURCE,
          "Aeron cannot receive at %s: %s; name an address of this machine"
              .formatted(host, e.getMessage()),
          e);
    } catch (InterruptedException e) {
      aeron.close();
      Thread.currentThread().interrupt();
      throw new TroupeException(Category.INTERNAL, "interrupted", e);
    }
  }

  private static String channel(Endpoint endpoint) {
    return "aeron:udp?endpoint="
        + endpoint
        + "|so-rcvbuf="
        + WINDOW_BYTES
        + "|rcv-wnd="
        + WINDOW_BYTES;
  }

  private int awaitPort(Deadline deadline) throws IOException, InterruptedException {
    await(deadline, () -> subscription.tryResolveChannelEndpointPort() != null);
    String resolved = subscription.tryResolveChannelEndpointPort();
    return Endpoint.parse(String.valueOf(ChannelUri.parse(resolved).get("endpoint"))).port();
  }

  @Override
  public String transport() {
    return "aeron-udp";
  }

  @Override
  public Link link(SocketChannel channel, String peer, Deadline deadline)
      throws IOException, InterruptedException {
    DataInputStream in = Sockets.input(channel, deadline);
    DataOutputStream out = new DataOutputStream(channel.socket().getOutputStream());
    out.writeUTF(local.toString());
    Endpoint remote = Endpoint.parse(in.readUTF());
    String uri =
        "%s|mtu=%d|term-length=%d|so-sndbuf=%d"
            .formatted("aeron:udp?endpoint=" + remote, mtu(channel), TERM_BYTES, WINDOW_BYTES);
    ExclusivePublication publication = aeron.addExclusivePublication(uri, STREAM);
    boolean made = false;
    try {
      out.writeInt(publication.sessionId());
      int session = in.readInt();
      await(
          deadline,
          () -> subscription.imageBySessionId(session) != null && publication.isConnected());
      Image image = subscription.imageBySessionId(session);
      // Both are ready, or neither is: otherwise one could send to a peer that gives up.
      out.write(READY);
      if (image == null || in.readUnsignedByte() != READY) {
        throw new IOException("its Aeron stream is gone");
      }
      channel.configureBlocking(false);
      made = true;
      return new AeronLink(publication, image, channel, peer);
    } catch (SocketTimeoutException e) {
      throw new IOException(
          "no Aeron stream to %s and back in time; does the network let UDP through?"
              .formatted(remote),
          e);
    } finally {
      if (!made) {
        publication.close();
      }
    }
  }

  /** The largest datagram for the way to the peer, headers of IPv6 and UDP included. */
  private static int mtu(SocketChannel channel) throws IOException {
    InetAddress address = ((InetSocketAddress) channel.getLocalAddress()).getAddress();
    NetworkInterface network = NetworkInterface.getByInetAddress(address);
    int link = network == null ? 0 : network.getMTU();
    int payload = Math.clamp(link - IP_AND_UDP_BYTES, LEAST_MTU, MOST_MTU);
    return payload / FRAME_ALIGNMENT * FRAME_ALIGNMENT;
  }

  private void await(Deadline deadline, BooleanSupplier condition)
      throws IOException, InterruptedException {
    while (!condition.getAsBoolean()) {
      deadline.millisLeft();
      if (aeron.isClosed()) {
        throw new IOException("the Aeron client was closed");
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  @Override
  public void close() {
    aeron.close();
  }
}
