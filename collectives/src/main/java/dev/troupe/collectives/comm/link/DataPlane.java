package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.comm.Communicators;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * How one process exchanges tensors with others: a listener at an {@link #endpoint}, and the
 * communicators whose links it makes. One a process, shared by its ranks; thread-safe.
 *
 * <p>Who connects must show the token of the epoch's placement. Nothing is encrypted: tokens and
 * tensors belong on a network whose hosts trust each other.
 */
public final class DataPlane implements AutoCloseable {
  private final Endpoint endpoint;
  private final Wiring wiring;
  private final LinkCommunicators communicators;
  private final Listener listener;

  private DataPlane(String host, int port, Wiring wiring, LinkSettings settings) {
    InetSocketAddress address = new Endpoint(host, port).resolve();
    if (address.isUnresolved()) {
      throw TroupeException.usage(
          "host '%s' of the data plane is unknown; name an address of this machine"
              .formatted(host));
    }
    if (address.getAddress().isAnyLocalAddress()) {
      throw TroupeException.usage(
          "host '%s' of the data plane stands for all addresses; name the one that peers use"
              .formatted(host));
    }
    this.wiring = wiring;
    this.communicators = new LinkCommunicators(new Dialer(wiring, settings), settings);
    try {
      this.listener = new Listener(address, communicators, wiring, settings);
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE,
          "the data plane cannot listen at %s: %s; choose an address of this machine and a free"
                  .formatted(new Endpoint(host, port), e.getMessage())
              + " port, or port 0 for any",
          e);
    }
    this.endpoint = new Endpoint(host, listener.port());
    listener.start();
  }

  /**
   * A data plane over TCP.
   *
   * @param host name or address of this machine by which peers reach it; bound to that address only
   * @param port 0 for any free one
   * @throws TroupeException when the address cannot be had
   */
  public static DataPlane tcp(String host, int port, LinkSettings settings) {
    return new DataPlane(host, port, new TcpWiring(), settings);
  }

  /**
   * A data plane over Aeron's UDP media, through a media driver that runs on this host. Handshakes
   * use a TCP connection, which stays: it tells at once when the peer's process has ended, while
   * the driver would keep its publications alive.
   *
   * @param host name or address of this machine by which peers reach it; bound to that address only
   * @param port of the TCP listener; 0 for any free one. The UDP port is any free one
   * @param directory the media driver's
   * @throws TroupeException when the address cannot be had, or no driver runs there
   */
  public static DataPlane aeronUdp(String host, int port, Path directory, LinkSettings settings) {
    AeronWiring wiring = new AeronWiring(host, directory, settings);
    try {
      return new DataPlane(host, port, wiring, settings);
    } catch (RuntimeException e) {
      wiring.close();
      throw e;
    }
  }

  /**
   * Address for {@link dev.troupe.collectives.mesh.Site#endpoint}: {@code transport://host:port}.
   */
  public String endpoint() {
    return endpoint.over(wiring.transport());
  }

  /** The communicators of this process's ranks. */
  public Communicators communicators() {
    return communicators;
  }

  /** Aborts all communicators and ends all threads and connections; idempotent. */
  @Override
  public void close() {
    communicators.shutDown("the data plane of this process at " + endpoint + " was closed");
    listener.close();
    wiring.close();
  }
}
