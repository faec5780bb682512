package dev.troupe.collectives.comm.link;

/** The contract over TCP. */
final class TcpLinkTest extends LinkContract {
  @Override
  Planes.Transport transport() {
    return Planes.tcp();
  }
}
